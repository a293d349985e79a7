# Debian's Python in the place of the official Python image.
ARG BASE
FROM ${BASE}
RUN apt-get -q -o Acquire::Languages=none update \
 && apt-get -q install -y --no-install-recommends python3 python3-venv \
 && rm -rf /var/lib/apt/lists/*
