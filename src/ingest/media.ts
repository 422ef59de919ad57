// What a request says of its body: the encoding (Content-Type) and the compression (Content-Encoding).
import { Failure } from '../failure.ts';

export type Encoding = 'protobuf' | 'json';

export type Compression = 'none' | 'gzip' | 'deflate' | 'zstd';

export const mediaTypes: Readonly<Record<Encoding, string>> = {
  protobuf: 'application/x-protobuf',
  json: 'application/json',
};

/** Parameters are ignored. undefined: neither. */
export function encodingOf(contentType: string | undefined): Encoding | undefined {
  const [type = ''] = (contentType ?? '').split(';', 1);
  switch (type.trim().toLowerCase()) {
    case 'application/x-protobuf':
    // Not in the specification, but some clients send it.
    case 'application/protobuf':
      return 'protobuf';
    case 'application/json':
      return 'json';
    default:
      return undefined;
  }
}

/** Throws UNSUPPORTED_ENCODING. */
export function compressionOf(contentEncoding: string | undefined, hasZstd: boolean): Compression {
  const name = (contentEncoding ?? '').trim().toLowerCase();
  switch (name) {
    case '':
    case 'identity':
      return 'none';
    case 'gzip':
    case 'x-gzip':
      return 'gzip';
    case 'deflate':
      return 'deflate';
    case 'zstd':
      if (hasZstd) return 'zstd';
  }
  const known = hasZstd ? 'gzip, deflate, zstd' : 'gzip, deflate';
  throw new Failure('UNSUPPORTED_ENCODING', `this Content-Encoding is not supported; ${known} are`);
}
