#!/bin/sh
# The command `errata` of the image. Secrets come as files, their names are the variables: /run/secrets/clickhouse_password
# becomes CLICKHOUSE_PASSWORD, unless that is set already.
set -eu
for file in /run/secrets/*; do
  [ -r "$file" ] || continue
  name=$(basename "$file" | tr '[:lower:]' '[:upper:]')
  case $name in *[!A-Z0-9_]*) continue ;; esac
  eval "[ -n \"\${$name:-}\" ]" || export "$name=$(cat "$file")"
done
exec node /app/dist/main.js "$@"
