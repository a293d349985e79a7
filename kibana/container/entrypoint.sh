#!/bin/bash
# Make the configuration and its keystore in memory: no password in the environment or on a command line.
set -eu
mkdir -p "${KBN_PATH_CONF}"
cp /etc/kibana/kibana.yml "${KBN_PATH_CONF}/"
cp /usr/share/kibana/config/node.options "${KBN_PATH_CONF}/" 2>/dev/null || true
cd /usr/share/kibana
bin/kibana-keystore create
bin/kibana-keystore add elasticsearch.password --stdin < /run/secrets/es_kibana_system_user_password
for key in xpack.security.encryptionKey xpack.encryptedSavedObjects.encryptionKey xpack.reporting.encryptionKey; do
  bin/kibana-keystore add "${key}" --stdin < /run/secrets/kibana_encryption_key
done
exec /usr/local/bin/kibana-docker
