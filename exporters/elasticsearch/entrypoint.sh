#!/bin/sh
# The password reaches the exporter by a variable of this process only, never of the container.
set -eu
ES_USERNAME=amaie_monitor
ES_PASSWORD="$(cat /run/secrets/es_amaie_monitor_password)"
export ES_USERNAME ES_PASSWORD
exec /bin/elasticsearch_exporter "$@"
