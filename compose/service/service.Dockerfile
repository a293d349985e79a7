# Our own services: the simulated AMAIE, the log shipper, the live dashboard, the local inbox.
ARG BASE
FROM ${BASE}
COPY healthy /opt/amaie/bin/healthy
COPY src /opt/amaie/src
RUN python3 -m compileall -q /opt/amaie/src
USER 10001:10001
