// The envelope of both signals: a request holds ResourceSpans (ResourceLogs), these hold ScopeSpans (ScopeLogs), these
// the records. Records are only looked at on the way; errors are read once their ResourceSpans is known to the end,
// because fields come in any order. The resource is read once, and only when one of its records is an error.
// ExportTraceServiceRequest 1. ResourceSpans 1 resource, 2 scope_spans. Resource 1 attributes. ScopeSpans 1 scope,
// 2 spans. InstrumentationScope 1 name. The logs' messages have the same numbers.
import type { Attributes, AttributeValue, Candidate } from './candidate.ts';
import { CandidateList } from './decoded.ts';
import type { Decoded, Origin } from './decoded.ts';
import { ProtobufReader } from './protobuf-reader.ts';
import { MAX_TEXT_BYTES, textAt } from './text-limits.ts';
import { readAttribute } from './walk-attributes.ts';

/** Field 1 and field 2, length-delimited. */
const FIRST = 0x0a;
const SECOND = 0x12;

export interface RecordWalk {
  /** false only when the record is surely healthy; see skim.ts. */
  mayBeError(bytes: Buffer, from: number, to: number): boolean;
  /** Decides, making no texts. May leave the reader anywhere within the record. */
  isError(reader: ProtobufReader, end: number): boolean;
  read(reader: ProtobufReader, end: number, origin: Origin): Candidate;
}

interface Range {
  readonly from: number;
  readonly to: number;
}

interface Scope {
  nameAt: Range | undefined;
}

interface FoundRecord extends Range {
  readonly scope: Scope;
}

/** Throws MALFORMED. */
export function walkRequest(body: Buffer, walk: RecordWalk): Decoded {
  const reader = new ProtobufReader(body);
  const list = new CandidateList();
  eachField(reader, body.length, (tag, to) => {
    if (tag === FIRST) walkResourceRecords(reader, to, { walk, list });
  });
  return list.toDecoded();
}

interface Walking {
  readonly walk: RecordWalk;
  readonly list: CandidateList;
}

function walkResourceRecords(reader: ProtobufReader, end: number, { walk, list }: Walking): void {
  const resources: Range[] = [];
  const found: FoundRecord[] = [];
  eachField(reader, end, (tag, to) => {
    if (tag === FIRST) resources.push({ from: reader.pos, to });
    else if (tag === SECOND) findErrors(reader, to, { walk, list, found });
  });
  if (found.length === 0) return;
  const resource = readResource(reader, resources);
  const origins = new Map<Scope, Origin>();
  for (const { scope, from, to } of found) {
    if (list.room === 0) {
      list.rejectOneTooMany();
      continue;
    }
    const origin = origins.get(scope) ?? { resource, scopeName: scopeNameOf(reader, scope) };
    origins.set(scope, origin);
    reader.pos = from;
    list.add(walk.read(reader, to, origin));
  }
}

function findErrors(
  reader: ProtobufReader,
  end: number,
  { walk, list, found }: Walking & { readonly found: FoundRecord[] },
): void {
  const scope: Scope = { nameAt: undefined };
  while (reader.pos < end) {
    const tag = reader.tag(end);
    if (tag === SECOND) {
      const to = reader.fieldEnd(end);
      const from = reader.pos;
      if (walk.mayBeError(reader.bytes, from, to) && walk.isError(reader, to)) {
        if (found.length < list.room) found.push({ scope, from, to });
        else list.rejectOneTooMany();
      }
      reader.pos = to;
    } else if (tag === FIRST) {
      const to = reader.fieldEnd(end);
      scope.nameAt = nameWithin(reader, to) ?? scope.nameAt;
      reader.pos = to;
    } else reader.skip(tag, end);
  }
}

function nameWithin(reader: ProtobufReader, end: number): Range | undefined {
  let range: Range | undefined;
  eachField(reader, end, (tag, to) => {
    if (tag === FIRST) range = { from: reader.pos, to };
  });
  return range;
}

function scopeNameOf(reader: ProtobufReader, { nameAt }: Scope): string {
  return nameAt === undefined ? '' : textAt(reader.bytes, nameAt, MAX_TEXT_BYTES);
}

function readResource(reader: ProtobufReader, ranges: readonly Range[]): Attributes {
  const attributes = new Map<string, AttributeValue>();
  for (const { from, to } of ranges) {
    reader.pos = from;
    eachField(reader, to, (tag, attributeEnd) => {
      if (tag === FIRST) readAttribute(reader, attributeEnd, attributes);
    });
  }
  return attributes;
}

/** Visits the length-delimited fields; the visitor may leave the reader anywhere within the field. */
function eachField(reader: ProtobufReader, end: number, visit: (tag: number, to: number) => void): void {
  while (reader.pos < end) {
    const tag = reader.tag(end);
    if (tag === FIRST || tag === SECOND) {
      const to = reader.fieldEnd(end);
      visit(tag, to);
      reader.pos = to;
    } else reader.skip(tag, end);
  }
}
