# Prometheus, Alertmanager, exporters and VictoriaMetrics from Debian, under the paths of the official images; nginx beside them.
# Only the files of the former are unpacked: no start scripts, no dependencies but the C library.
ARG BASE
FROM ${BASE}
ARG SUITE
RUN apt-get -q -o Acquire::Languages=none update \
 && apt-get -q install -y --no-install-recommends nginx \
 && rm -rf /var/lib/apt/lists/*
RUN . /etc/os-release \
 && sed "s/${VERSION_CODENAME}/${SUITE}/" /etc/apt/sources.list > /etc/apt/sources.list.d/newer.list \
 && apt-get -q -o Acquire::Check-Valid-Until=false -o Acquire::Languages=none update \
 && mkdir /packages && chown _apt /packages && cd /packages \
 && apt-get -q download -t "${SUITE}" prometheus promtool prometheus-alertmanager prometheus-node-exporter \
      prometheus-blackbox-exporter prometheus-elasticsearch-exporter victoria-metrics \
 && for package in *.deb; do dpkg-deb -x "${package}" /; done \
 && cd / && rm -rf /packages /var/lib/apt/lists/* /etc/apt/sources.list.d/newer.list \
 && ln -s prometheus-alertmanager /usr/bin/alertmanager \
 && ln -s prometheus-node-exporter /usr/bin/node_exporter \
 && ln -s prometheus-blackbox-exporter /usr/bin/blackbox_exporter \
 && ln -s prometheus-elasticsearch-exporter /usr/bin/elasticsearch_exporter \
 && ln -s /usr/bin/victoria-metrics /victoria-metrics-prod \
 && ln -s busybox /usr/bin/wget \
 && mkdir /prometheus /alertmanager \
 && chown 65534:65534 /prometheus /alertmanager
USER 65534:65534
