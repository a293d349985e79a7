#!/bin/bash
# Lay the configuration into memory and start Elasticsearch. The users come from password hashes that the host
# has made, so no password passes through a command line or the environment.
set -eu

home=/usr/share/elasticsearch
for file in /run/secrets/es_users /run/secrets/es_users_roles; do
  if [ ! -r "${file}" ] || [ ! -s "${file}" ]; then
    echo "${file} is missing, empty or unreadable for uid $(id -u); cure: python scripts/make_secrets.py" >&2
    exit 1
  fi
done

mkdir -p "${ES_PATH_CONF}/jvm.options.d"
cp "${home}/config/jvm.options" "${ES_PATH_CONF}/"
cp /etc/elasticsearch/* "${ES_PATH_CONF}/"
install -m 0600 /run/secrets/es_users "${ES_PATH_CONF}/users"
install -m 0600 /run/secrets/es_users_roles "${ES_PATH_CONF}/users_roles"
exec "${home}/bin/elasticsearch" "$@"
