# The Elasticsearch server from Maven on Debian's Java, under the paths of the official image.
ARG BASE
FROM ${BASE} AS unpacked
RUN apt-get -q -o Acquire::Languages=none update && apt-get -q install -y --no-install-recommends unzip
COPY elasticsearch.zip /
RUN unzip -q elasticsearch.zip -d /unpacked && mv /unpacked/elasticsearch-* /usr/share/elasticsearch

FROM ${BASE}
RUN apt-get -q -o Acquire::Languages=none update \
 && apt-get -q install -y --no-install-recommends curl openjdk-21-jre-headless \
 && rm -rf /var/lib/apt/lists/* \
 && groupadd -g 1000 elasticsearch \
 && useradd -u 1000 -g 0 -M -d /usr/share/elasticsearch elasticsearch \
 && ln -s "$(dirname "$(dirname "$(readlink -f /usr/bin/java)")")" /usr/lib/jvm/elasticsearch
COPY --from=unpacked /usr/share/elasticsearch /usr/share/elasticsearch
RUN mkdir -p /usr/share/elasticsearch/data /usr/share/elasticsearch/logs \
 && chown 1000:0 /usr/share/elasticsearch/data /usr/share/elasticsearch/logs \
 && chmod -R a+rX /usr/share/elasticsearch
ENV ES_JAVA_HOME=/usr/lib/jvm/elasticsearch
WORKDIR /usr/share/elasticsearch
USER 1000:0
