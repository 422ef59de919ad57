// What the corpus is made of. Entries of one group must share one fingerprint; entries of different groups must not, neither
// within a file nor across files.

export interface CorpusEntry {
  /** telemetry.sdk.language; '' when the sender does not say. */
  readonly language: string;
  readonly type: string;
  readonly message: string;
  readonly stack: string;
}

export interface CorpusGroup {
  readonly name: string;
  readonly entries: readonly CorpusEntry[];
}
