#!/bin/bash
# The passwords reach Logstash's configuration by variables of this process only, never of the container.
set -eu
ES_PASSWORD="$(cat /run/secrets/es_amaie_writer_password)"
HTTP_PASSWORD="$(cat /run/secrets/logstash_http_password)"
export ES_PASSWORD HTTP_PASSWORD
exec /usr/share/logstash/bin/logstash
