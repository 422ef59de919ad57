#!/bin/sh
# Makes what compose mounts as secrets into deploy/secrets/, once: what is there stays. Needs openssl.
#   clickhouse_password     of the processor's user          errata_collector_token   the collector's, may only send
#   grafana_reader_password of Grafana's user in ClickHouse  errata_operator_token    reads, fixes and approves for people
#   grafana_admin_password  of Grafana's page                clickhouse_users.xml     SHA-256 of both, for the server
#   clickhouse_cluster.xml  what replicas know each other by
#   errata_session_key      what several processors sign sessions of the admin page with
set -eu
command -v openssl >/dev/null || { echo 'openssl is needed' >&2; exit 1; }
cd "$(dirname "$0")/secrets"
umask 022
# The folder keeps others of this machine out; the files are read by the users of the images.
chmod 700 .

make() {
  [ -s "$1" ] || openssl rand -hex 32 | tr -d '\n' >"$1"
}
for name in clickhouse_password grafana_reader_password grafana_admin_password errata_collector_token errata_operator_token errata_session_key; do
  make "$name"
done

hash() {
  openssl dgst -sha256 -r "$1" | cut -d ' ' -f 1
}
cat >clickhouse_users.xml <<EOF
<clickhouse>
  <users>
    <errata><password_sha256_hex>$(hash clickhouse_password)</password_sha256_hex></errata>
    <grafana><password_sha256_hex>$(hash grafana_reader_password)</password_sha256_hex></grafana>
  </users>
</clickhouse>
EOF
if [ ! -s clickhouse_cluster.xml ]; then
  cat >clickhouse_cluster.xml <<EOF
<clickhouse>
  <remote_servers>
    <errata><secret>$(openssl rand -hex 32)</secret></errata>
  </remote_servers>
  <interserver_http_credentials>
    <user>replica</user>
    <password>$(openssl rand -hex 32)</password>
  </interserver_http_credentials>
</clickhouse>
EOF
fi
echo "deploy/secrets/ is ready; the operator's token: $(cat errata_operator_token)"
