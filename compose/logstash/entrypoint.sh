#!/bin/bash
# Lay the settings into memory, ours over those of the image, and start Logstash. The passwords reach its
# configuration by variables of this process only, never of the container.
set -eu
cp /usr/share/logstash/config/* /run/logstash/
cp /etc/logstash/*.yml /run/logstash/
ES_PASSWORD="$(cat /run/secrets/es_amaie_writer_password)"
HTTP_PASSWORD="$(cat /run/secrets/logstash_http_password)"
export ES_PASSWORD HTTP_PASSWORD
exec /usr/share/logstash/bin/logstash --path.settings /run/logstash
