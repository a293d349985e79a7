"""Run the gateway: `python -m amaie_gateway --port 9443 --metrics-port 9107`."""

from __future__ import annotations

import argparse
import ssl
import sys
from pathlib import Path

import httpx
import uvicorn

from amaie_exporters.serving import serve
from amaie_gateway import app
from amaie_ingest import client
from amaie_ingest.errors import IngestError

SECRETS = Path("/run/secrets")


def main() -> int:
    """Serve until a signal comes; return 0, or 2 if a secret cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m amaie_gateway", description=__doc__)
    parser.add_argument("--port", type=int, default=9443, help="of HTTPS (default: %(default)s)")
    parser.add_argument("--address", default="0.0.0.0", help="default: %(default)s")  # noqa: S104
    parser.add_argument("--metrics-port", type=int, default=9107, help="of /metrics (default: %(default)s)")
    parser.add_argument("--secrets", type=Path, default=SECRETS, help="their folder (default: %(default)s)")
    parser.add_argument("--elasticsearch", default="https://elasticsearch:9200", help="default: %(default)s")
    parser.add_argument("--prometheus", default="https://prometheus:9090", help="default: %(default)s")
    options = parser.parse_args()
    try:
        writer = client.password(options.secrets / "es_amaie_writer_password")
        password = client.password(options.secrets / "gateway_password")
        receiver = client.password(options.secrets / "monitoring_gateway_password")
    except IngestError as error:
        print(error, file=sys.stderr)
        return 2
    logs = app.Upstream(
        f"{options.elasticsearch}/_bulk", ("POST", "PUT"), ("filter_path",), ("amaie_writer", writer)
    )
    upstreams = {
        "/_bulk": logs,
        "/api/v1/write": app.Upstream(f"{options.prometheus}/api/v1/write", auth=("gateway", receiver)),
    }
    trusted = ssl.create_default_context(cafile=options.secrets / client.AUTHORITY)
    metrics = serve(app.METRICS, options.metrics_port)
    try:
        uvicorn.run(
            app.create(upstreams, password, httpx.AsyncClient(verify=trusted)),
            host=options.address,
            port=options.port,
            ssl_certfile=options.secrets / "gateway_certificate.pem",
            ssl_keyfile=str(options.secrets / "gateway_key.pem"),
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=10,
        )
    finally:
        metrics.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
