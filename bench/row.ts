// One line of the benchmark's table. A figure without a reference measured in the same run says nothing about the code:
// machines differ, and so does one machine from hour to hour.

export interface BenchRow {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly reference: string;
  readonly referenceValue: number;
  readonly ratio: number;
  readonly target: string;
}
