#!/bin/bash
# Healthy means: this node answers a signed-in user and every primary shard is there. The password goes through
# standard input, so no process list shows it.
set -eu
printf 'user = "amaie_monitor:%s"\n' "$(cat /run/secrets/es_amaie_monitor_password)" |
  curl --silent --show-error --fail --max-time 8 --output /dev/null --cacert /run/secrets/stack_ca.pem --config - \
    "https://localhost:9200/_cluster/health?wait_for_status=yellow&timeout=5s"
