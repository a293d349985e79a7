# Our own services: the simulated AMAIE, the log shipper, the live dashboard, the local inbox.
ARG BASE
FROM ${BASE}
COPY healthy /opt/amaie/bin/healthy
COPY src /opt/amaie/src
COPY scripts /opt/amaie/scripts
RUN python3 -m compileall -q /opt/amaie/src /opt/amaie/scripts
USER 10001:10001
