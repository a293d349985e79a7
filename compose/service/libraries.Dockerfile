# The libraries of our own services: wheels that the host has fetched and checked by hash.
ARG BASE
FROM ${BASE} AS installed
COPY wheels /wheels
COPY requirements-service.txt /
RUN python3 -m venv /opt/amaie \
 && /opt/amaie/bin/pip install --quiet --no-index --find-links /wheels --require-hashes -r requirements-service.txt

FROM ${BASE}
COPY --from=installed /opt/amaie /opt/amaie
# Any user may write logs, nobody may take another's away, and the shipper's group reads them.
RUN mkdir -p /var/log/amaie /var/lib/amaie /history \
 && chown 10001:10001 /var/log/amaie /var/lib/amaie /history \
 && chmod 3777 /var/log/amaie
ENV PATH=/opt/amaie/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONPATH=/opt/amaie/src \
    PYTHONUNBUFFERED=1
WORKDIR /opt/amaie
