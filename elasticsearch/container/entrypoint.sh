#!/bin/bash
# Lay the configuration into memory and start Elasticsearch. The users come from password hashes that the host
# has made, so no password passes through a command line or the environment.
set -eu

home=/usr/share/elasticsearch
for name in es_users es_users_roles stack_ca.pem elasticsearch_certificate.pem elasticsearch_key.pem; do
  file="/run/secrets/${name}"
  if [ ! -r "${file}" ] || [ ! -s "${file}" ]; then
    echo "${file} is missing, empty or unreadable for uid $(id -u); cure: make up" >&2
    exit 1
  fi
done

mkdir -p "${ES_PATH_CONF}/jvm.options.d"
cp "${home}/config/jvm.options" "${ES_PATH_CONF}/"
cp /etc/elasticsearch/* "${ES_PATH_CONF}/"
install -m 0600 /run/secrets/stack_ca.pem /run/secrets/elasticsearch_certificate.pem /run/secrets/elasticsearch_key.pem \
  "${ES_PATH_CONF}/" # it reads certificates from below its configuration only
install -m 0600 /run/secrets/es_users "${ES_PATH_CONF}/users"
install -m 0600 /run/secrets/es_users_roles "${ES_PATH_CONF}/users_roles"
exec "${home}/bin/elasticsearch" "$@"
