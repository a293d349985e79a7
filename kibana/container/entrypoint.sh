#!/bin/bash
# Make the configuration in memory: no password in the environment or on a command line. Not in Kibana's keystore,
# whose program takes ten seconds a key.
set -eu
umask 077

# Print a setting whose value is the content of a file, quoted for YAML.
secret() {
  printf "%s: '%s'\n" "$1" "$(sed "s/'/''/g" "/run/secrets/$2")"
}

mkdir -p "${KBN_PATH_CONF}"
cp /usr/share/kibana/config/node.options "${KBN_PATH_CONF}/" 2>/dev/null || true
{
  cat /etc/kibana/kibana.yml
  secret elasticsearch.password es_kibana_system_user_password
  for key in xpack.security.encryptionKey xpack.encryptedSavedObjects.encryptionKey xpack.reporting.encryptionKey; do
    secret "${key}" kibana_encryption_key
  done
} > "${KBN_PATH_CONF}/kibana.yml"
exec /usr/local/bin/kibana-docker
