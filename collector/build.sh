#!/usr/bin/env bash
# Builds the collector of builder.yaml once into .cache/otelcol-<hash of builder.yaml>/ and prints the binary's path.
# A second run finds it there. Needs Go and, the first time, the Go module proxy; takes minutes on two cores.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
manifest="$root/collector/builder.yaml"
version="$(sed -n 's/^  version: *//p' "$manifest")"
hash="$(sha256sum "$manifest" | cut -c1-12)"
target="$root/.cache/otelcol-$hash"
binary="$target/otelcol-errata"

# Two test processes that need it at once: the second waits for the first.
mkdir -p "$root/.cache"
if command -v flock >/dev/null; then
  exec 9>"$root/.cache/otelcol.lock"
  flock 9
fi

if [[ ! -x "$binary" ]]; then
  echo "building the collector $version into .cache/otelcol-$hash" >&2
  # Built beside its place and moved there at the end: a build that was cut off never looks finished.
  work="$(mktemp -d "$root/.cache/otelcol-building-XXXXXX")"
  trap 'chmod -R u+w "$work" 2>/dev/null; rm -rf "$work"' EXIT
  # The builder is a module of the same version; GOFLAGS of the caller must not leak into a build that pins everything.
  GOFLAGS=-mod=mod GOBIN="$work/bin" nice go install "go.opentelemetry.io/collector/cmd/builder@v$version" >&2
  (cd "$work" && CGO_ENABLED=0 GOFLAGS=-trimpath nice ./bin/builder --config "$manifest" >&2)
  mkdir -p "$target"
  mv "$work/out/otelcol-errata" "$binary"
fi
echo "$binary"
