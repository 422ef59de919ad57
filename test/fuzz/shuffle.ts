// The same message with the fields of every level in another order, unknown fields between them, and lengths and tags
// written longer than needed: all of it is allowed on the wire, and no encoder at hand does it.

/** Field numbers of the messages within a message; a number that is not listed holds no message. */
export interface Shape {
  readonly [field: number]: Shape;
}

const anyValue: { [field: number]: Shape } = {};
const keyValue: Shape = { 2: anyValue };
anyValue[5] = { 1: anyValue };
anyValue[6] = { 1: keyValue };
const attributes = (field: number): Shape => ({ [field]: keyValue });
const scope = attributes(3);
const span: Shape = { 9: keyValue, 11: attributes(3), 13: attributes(4), 15: {} };
const log: Shape = { 5: anyValue, 6: keyValue };

export const tracesShape: Shape = { 1: { 1: attributes(1), 2: { 1: scope, 2: span } } };
export const logsShape: Shape = { 1: { 1: attributes(1), 2: { 1: scope, 2: log } } };

type Random = () => number;

interface Field {
  readonly number: number;
  readonly head: Buffer;
  readonly content: Buffer;
}

export function shuffled(message: Buffer, shape: Shape, random: Random): Buffer {
  const fields = fieldsOf(message).map(({ number, head, content }) => {
    const inner = shape[number];
    if (inner === undefined) return { number, bytes: Buffer.concat([head, content]) };
    const body = shuffled(content, inner, random);
    return { number, bytes: Buffer.concat([varint((number << 3) | 2, random), varint(body.length, random), body]) };
  });
  const unknown = unknownFields(random).map((bytes) => ({ number: 1_000, bytes }));
  return Buffer.concat(mixed([...fields, ...unknown], random).map(({ bytes }) => bytes));
}

/** Fields of one number keep their order, which has a meaning. */
function mixed<Item extends { readonly number: number }>(items: readonly Item[], random: Random): readonly Item[] {
  const order = new Map<number, number>();
  for (const { number } of items) order.set(number, order.get(number) ?? random());
  return [...items].sort((a, b) => (order.get(a.number) ?? 0) - (order.get(b.number) ?? 0));
}

function unknownFields(random: Random): readonly Buffer[] {
  const all = [
    Buffer.from([0x80 | ((500 << 3) & 0x7f) | 0, (500 << 3) >> 7, 0x96, 0x01]),
    Buffer.concat([varint((501 << 3) | 2, () => 1), Buffer.from([3, 1, 2, 3])]),
    Buffer.concat([varint((502 << 3) | 1, () => 1), Buffer.alloc(8, 0xff)]),
    Buffer.concat([varint((503 << 3) | 5, () => 1), Buffer.alloc(4, 0xff)]),
  ];
  return all.filter(() => random() < 0.15);
}

function fieldsOf(message: Buffer): readonly Field[] {
  const fields: Field[] = [];
  let pos = 0;
  const read = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 0x80) {
      const byte = message[pos++] ?? 0;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  };
  while (pos < message.length) {
    const from = pos;
    const tag = read();
    let contentFrom = pos;
    if ((tag & 7) === 0) read();
    else if ((tag & 7) === 1) pos += 8;
    else if ((tag & 7) === 5) pos += 4;
    else {
      const length = read();
      contentFrom = pos;
      pos += length;
    }
    fields.push({
      number: tag >>> 3,
      head: message.subarray(from, contentFrom),
      content: message.subarray(contentFrom, pos),
    });
  }
  return fields;
}

/** Sometimes a byte longer than needed. */
function varint(value: number, random: Random): Buffer {
  const bytes: number[] = [];
  let left = value;
  while (left >= 0x80) {
    bytes.push((left & 0x7f) | 0x80);
    left >>>= 7;
  }
  bytes.push(left);
  if (random() < 0.1) {
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) | 0x80;
    bytes.push(0);
  }
  return Buffer.from(bytes);
}
