// From the bytes on the wire to the message. Small bodies are inflated at once: handing them to the thread pool costs
// more than it saves. Large ones go there, two at a time, so that what they grow to stays within sight.
import * as zlib from 'node:zlib';
import { Failure } from '../failure.ts';
import type { Compression } from './media.ts';
import { tooLarge } from './read-body.ts';

/** Some 30 ms of inflating at the usual ratio: as long as other requests may wait. */
const MAX_AT_ONCE_BYTES = 262_144;

/** Each may grow to the limit before its size is known. */
const MAX_IN_POOL = 2;

/** The first buffer where the size is not known. */
const USUAL_CHUNK_BYTES = 262_144;
/** Deflate cannot do better: a gzip trailer that promises more is not true. */
const MAX_RATIO = 1_032;

interface InflateOptions {
  readonly maxOutputLength: number;
  readonly chunkSize: number;
}

type Inflate = (body: Buffer, options: InflateOptions) => Buffer;
type InflateInPool = (
  body: Buffer,
  options: InflateOptions,
  done: (error: Error | null, inflated: Buffer) => void,
) => void;

interface Codec {
  readonly atOnce: Inflate;
  readonly inPool: InflateInPool;
}

/** Node has zstd since 22.15; the types of our floor, Node 20, do not know it. */
const native = zlib as typeof zlib & { readonly zstdDecompressSync?: Inflate; readonly zstdDecompress?: InflateInPool };

const gzip: Codec = { atOnce: zlib.gunzipSync, inPool: zlib.gunzip };
const deflate: Codec = { atOnce: zlib.inflateSync, inPool: zlib.inflate };
const zstd: Codec | undefined =
  native.zstdDecompressSync === undefined || native.zstdDecompress === undefined
    ? undefined
    : { atOnce: native.zstdDecompressSync, inPool: native.zstdDecompress };

export const hasZstd = zstd !== undefined;

/** Throws PAYLOAD_TOO_LARGE, or MALFORMED when the bytes are not what the header says. */
export type Inflater = (body: Buffer, compression: Compression) => Promise<Buffer>;

export function createInflater(maxBytes: number): Inflater {
  let inPool = 0;
  const waiting: (() => void)[] = [];

  async function takePlace(): Promise<void> {
    if (inPool < MAX_IN_POOL) inPool += 1;
    // The place is handed over, not given back.
    else await new Promise<void>((resolve) => waiting.push(resolve));
  }

  function leavePlace(): void {
    const next = waiting.shift();
    if (next === undefined) inPool -= 1;
    else next();
  }

  return async (body, compression) => {
    const codec = codecOf(compression);
    if (codec === undefined) return body;
    const options = { maxOutputLength: maxBytes, chunkSize: firstBuffer(body, compression, maxBytes) };
    try {
      if (body.length <= MAX_AT_ONCE_BYTES) return codec.atOnce(body, options);
      await takePlace();
      try {
        return await new Promise<Buffer>((resolve, reject) => {
          codec.inPool(body, options, (error, inflated) => (error === null ? resolve(inflated) : reject(error)));
        });
      } finally {
        leavePlace();
      }
    } catch (cause) {
      if (cause instanceof RangeError && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE')
        throw tooLarge(maxBytes);
      throw new Failure('MALFORMED', `the body is not ${compression}`, { cause });
    }
  };
}

/**
 * RFC 1952 ends each member with its size: with a buffer that holds it all, inflating takes a quarter less time than in
 * node's pieces of 16 KiB. A size that is not true costs only that; pages that are not written take no memory.
 */
function firstBuffer(body: Buffer, compression: Compression, maxBytes: number): number {
  if (compression !== 'gzip' || body.length < 4) return USUAL_CHUNK_BYTES;
  const size = body.readUInt32LE(body.length - 4);
  const isLikely = size <= maxBytes && size <= body.length * MAX_RATIO;
  // One byte more, so that the end is seen without a second buffer; node takes no less than 64.
  return isLikely ? Math.max(size + 1, 64) : USUAL_CHUNK_BYTES;
}

function codecOf(compression: Compression): Codec | undefined {
  switch (compression) {
    case 'none':
      return undefined;
    case 'gzip':
      return gzip;
    case 'deflate':
      return deflate;
    case 'zstd':
      return zstd;
  }
}
