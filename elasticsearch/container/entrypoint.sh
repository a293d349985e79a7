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
if [ -n "${NODE:-}" ]; then # one of three: compose/cluster.yaml
  if [ "$(ulimit -Hn)" != unlimited ] && [ "$(ulimit -Hn)" -lt 65535 ]; then
    echo "the engine lets a container open $(ulimit -Hn) files, and a node of a cluster wants 65535;" \
      "cure: raise LimitNOFILE of Docker's service, restart it, make up" >&2
    exit 1
  fi
  set -- "$@" "-Enode.name=amaie-${NODE}" "-Etransport.host=node-${NODE}" -Ediscovery.type=multi-node \
    -Ediscovery.seed_hosts=node-1,node-2,node-3 "-Ecluster.initial_master_nodes=${FOUNDER}" \
    "-Enode.store.allow_mmap=${MEMORY_MAPPED}" "-Epath.repo=${home}/shared/backup"
fi
if [ -d "${home}/modules/ingest-geoip" ]; then # the minimal server has no geographic lookup to switch off
  set -- "$@" -Eingest.geoip.downloader.enabled=false
fi
exec "${home}/bin/elasticsearch" "$@"
