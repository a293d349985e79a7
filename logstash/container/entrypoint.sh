#!/bin/bash
# Lay the settings into memory, ours over those of the image, and start Logstash with the given arguments. The
# passwords reach its configuration by variables of this process only, never of the container.
set -eu
cp -r /usr/share/logstash/config/. /run/logstash/
cp /etc/logstash/*.yml /run/logstash/
# The pipeline that reads dead letters looks for their folder before the one that writes them has made it.
mkdir -p /usr/share/logstash/data/dead_letter_queue/amaie
ES_PASSWORD="$(cat /run/secrets/es_amaie_writer_password)"
HTTP_PASSWORD="$(cat /run/secrets/logstash_http_password)"
FILES_PASSWORD="$(cat /run/secrets/logstash_files_password)"
API_PASSWORD="$(cat /run/secrets/logstash_api_password)"
export ES_PASSWORD HTTP_PASSWORD FILES_PASSWORD API_PASSWORD
exec /usr/share/logstash/bin/logstash --path.settings /run/logstash "$@"
