#!/bin/bash
# Healthy means: the pipeline that takes the services' logs runs. Not that all is green: while Elasticsearch is away
# the pipeline waits, as it must. The password goes through standard input, so no process list shows it.
set -eu
printf 'user = "amaie:%s"\n' "$(cat /run/secrets/logstash_api_password)" |
  curl --silent --show-error --fail --max-time 8 --cacert /run/secrets/stack_ca.pem --config - \
    https://localhost:9600/_health_report |
  tr -d ' \n' |
  # Of the report keep what it says of this pipeline, wherever the other one stands.
  sed -E 's/.*"amaie":\{//; s/"amaie-dead-letters":\{.*//' |
  grep -q '"state":"RUNNING"'
