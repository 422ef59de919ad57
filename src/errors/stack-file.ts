// The file of a frame without what changes from host to host and from deploy to deploy: origin, container roots, home
// folders, release folders, versions and content hashes. The last segments stay.

const origin = /^[a-z][a-z0-9+.-]*:\/\/[^/]*\/?/i;
const drive = /^[A-Za-z]:(?=\/)/;
const roots =
  /^\/(?:usr\/src\/app|usr\/local\/app|workspaces?|var\/task|var\/www\/html|var\/www|home\/[^/]+|Users\/[^/]+|root|app|code|srv|opt|go\/src|data)(?=\/)/;
/** Release folders: `20260821T101500`, `3f2a1b9c…`, `v1.4.2`, `1.4.2-rc1`. */
const releaseSegment = /^(?:\d{6,}[T_-]?\d*|(?=.*\d)[0-9a-f]{7,64}|v?\d+\.\d+(?:\.\d+)*(?:[-+][\w.]+)?)$/;
/** `express@4.18.2`, `mod@v1.2.3`, `rails-7.0.4`, `serde-1.0.193`, `python3.11`. */
const versionSuffix = /@v?\d[^/]*$|-v?\d+(?:\.\d+)+[\w.+-]*$|(?<=^python|^ruby|^php)\d+(?:\.\d+)*$/;
const scriptHash =
  /[-.]([A-Za-z0-9_-]{8}|[0-9a-f]{8,64}|[A-Z0-9]{8,16})(?=(?:\.(?:chunk|min|bundle|esm|module))*\.(?:js|mjs|cjs|css)$)/;
const numberedChunk = /^(?:chunk[-.])?\d+(?=[.-])/;

/** The last `keptSegments` of the path. */
export function normaliseFile(raw: string, keptSegments: number): string {
  const path = raw
    .replace(/[?#].*$/, '')
    .replace(origin, '/')
    .replaceAll('\\', '/')
    .replace(drive, '')
    .replace(/^\.?\/\.\//, '/')
    .replace(roots, '');
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '.' && segment !== '..');
  const name = segments.pop();
  if (name === undefined) return '';
  const folders = segments.filter((segment) => !releaseSegment.test(segment)).map(withoutVersion);
  const kept = [...folders.filter((folder) => folder !== '.pnpm'), withoutHash(withoutVersion(name))];
  return kept.slice(-keptSegments).join('/').toLowerCase();
}

function withoutVersion(segment: string): string {
  return segment.length > 1 ? segment.replace(versionSuffix, '') : segment;
}

/** Vite's hashes are 8 characters of base64url, esbuild's 8 of base32, webpack's hexadecimal; plain words are none. */
function withoutHash(name: string): string {
  return name
    .replace(scriptHash, (match, hash: string) => (looksHashed(hash) ? '' : match))
    .replace(numberedChunk, 'chunk');
}

/** A digit or mixed case: what a bundler puts between name and suffix, and no word. */
export function looksHashed(text: string): boolean {
  return /\d/.test(text) || (/[a-z]/.test(text) && /[A-Z]/.test(text)) || /^[A-Z]+$/.test(text);
}
