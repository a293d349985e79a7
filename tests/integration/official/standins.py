"""Grafana and Kibana as their documentation has them answer: so that the tests of the real ones are run, too.

What is tested against these proves nothing about Grafana or Kibana; it proves that the tests ask for what is
documented, can pass, and notice when an answer is not what it must be.
"""

from __future__ import annotations

import base64
import json
import re
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import urlsplit

import yaml

from operate import pins
from operate.paths import ROOT
from support import kibana_migrations
from support.serving import Served, listening

PASSWORD = "a-password"  # noqa: S105 - nobody else's
Answer = tuple[int, Any]
UNAUTHORISED: Answer = (401, {"message": "Unauthorized"})
NOT_FOUND: Answer = (404, {"message": "Not found"})


class StandIn(Served):
    """A server on loopback that knows one user."""

    user = ""

    def __init__(self) -> None:
        """Listen on a free port."""
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._reply(b"")

            def do_POST(self) -> None:
                self._reply(self.rfile.read(int(self.headers["Content-Length"])))

            def _reply(self, body: bytes) -> None:
                path = urlsplit(self.path).path
                signed_in = self.headers.get("Authorization") == stand_in.basic()
                kind = self.headers.get("Content-Type") or ""
                status, value = stand_in.answer(path, kind, body, signed_in=signed_in)
                answer = value if isinstance(value, bytes) else json.dumps(value).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                """Keep quiet."""

        super().__init__(listening(Handler))

    def basic(self) -> str:
        """Return the header that signs the user in."""
        return "Basic " + base64.b64encode(f"{self.user}:{PASSWORD}".encode()).decode()

    def answer(self, path: str, kind: str, body: bytes, *, signed_in: bool) -> Answer:
        """Return status and value for a request."""
        raise NotImplementedError


class Grafana(StandIn):
    """Has read our provisioning: developer-resources/api-reference/http-api/api-legacy in Grafana 13.2."""

    user = "admin"

    def __init__(self) -> None:
        """Read what Grafana reads."""
        super().__init__()
        folder = ROOT / "grafana"
        found = [
            json.loads(path.read_text()) for path in (folder / "generated" / "dashboards").glob("*.json")
        ]
        self.dashboards: dict[str, dict[str, Any]] = {one["uid"]: one for one in found}
        sources = yaml.safe_load((folder / "provisioning" / "datasources" / "amaie.yaml").read_text())
        self.sources: dict[str, dict[str, Any]] = {
            one["uid"]: one | {"readOnly": not one["editable"]} for one in sources["datasources"]
        }
        self.open = False
        self.lost: set[str] = set()

    def answer(self, path: str, kind: str, body: bytes, *, signed_in: bool) -> Answer:  # noqa: ARG002
        """See `StandIn`."""
        if not (signed_in or self.open or path == "/api/health"):
            return UNAUTHORISED
        if path == "/api/ds/query":
            return 200, {"results": {one["refId"]: self._query(one) for one in json.loads(body)["queries"]}}
        if health := re.fullmatch("/api/datasources/uid/(.+)/health", path):
            lost = health[1] in self.lost or health[1] not in self.sources
            return (404, {"status": "ERROR"}) if lost else (200, {"status": "OK"})
        value = self._pages().get(path)
        return NOT_FOUND if value is None else (200, value)

    def _query(self, one: dict[str, Any]) -> dict[str, Any]:
        """Answer one query; a plugin that is not registered or a variable that is left over is an error."""
        uid = one["datasource"]["uid"]
        if uid in self.lost or uid not in self.sources:
            return {"status": 404, "error": "plugin not registered", "frames": []}
        if re.search(r"\$(?!__)", one.get("expr", one.get("query", ""))):
            return {"status": 400, "error": "parse error", "frames": []}
        return {"status": 200, "frames": []}

    def _pages(self) -> dict[str, Any]:
        version = pins.version(pins.read()["GRAFANA_IMAGE"])
        return {
            "/api/health": {"commit": "0", "database": "ok", "version": version},
            "/api/search": [{"uid": uid} for uid in self.dashboards],
            "/api/datasources": list(self.sources.values()),
            "/api/datasources/proxy/uid/elasticsearch/_security/_authenticate": {
                "username": self.sources["elasticsearch"]["basicAuthUser"]
            },
            **{f"/api/datasources/uid/{uid}": source for uid, source in self.sources.items()},
            **{
                f"/api/dashboards/uid/{uid}": {"meta": {"folderUid": "amaie"}, "dashboard": dashboard}
                for uid, dashboard in self.dashboards.items()
            },
        }


class Kibana(StandIn):
    """Keeps saved objects: the saved objects and data views APIs of Kibana 9."""

    user = "amaie_operator"

    def __init__(self) -> None:
        """Have none."""
        super().__init__()
        self.objects: dict[tuple[str, str], dict[str, Any]] = {}

    def answer(self, path: str, kind: str, body: bytes, *, signed_in: bool) -> Answer:
        """See `StandIn`."""
        if path == "/api/status":
            return 200, {"status": {"overall": {"level": "available"}}}
        if not signed_in:
            return UNAUTHORISED
        if path == "/api/saved_objects/_import":
            return self._take(kind, body)
        if path == "/api/saved_objects/_export":
            return self._export(json.loads(body))
        view = self.objects.get(("index-pattern", path.removeprefix("/api/data_views/data_view/")))
        return NOT_FOUND if view is None else (200, {"data_view": {"id": view["id"], **view["attributes"]}})

    def _take(self, kind: str, body: bytes) -> Answer:
        form = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
        (part,) = (part for part in form.walk() if not part.is_multipart())
        data = part.get_payload(decode=True)
        assert isinstance(data, bytes)
        lines = [json.loads(line) for line in data.decode().split("\n") if line]
        if any(kibana_migrations.complaint(one) for one in lines):
            return 500, {"statusCode": 500, "message": "An internal server error occurred."}
        taken = {(one["type"], one["id"]): one for one in lines}
        errors = [
            {"type": kind, "id": identity, "error": {"type": "missing_references", "references": missing}}
            for (kind, identity), one in taken.items()
            if (missing := kibana_migrations.dangling(one, self.objects.keys() | taken.keys()))
        ]
        if errors:
            return 200, {"success": False, "successCount": 0, "errors": errors}
        self.objects |= taken
        return 200, {"success": True, "successCount": len(lines)}

    def _export(self, wanted: dict[str, Any]) -> Answer:
        named = {(one["type"], one["id"]) for one in wanted.get("objects", [])}
        missing = sorted(named - self.objects.keys())
        if missing:
            return 400, {"statusCode": 400, "message": f"Bad Request: {missing}"}
        found = [
            one
            for key, one in self.objects.items()
            if key in named or re.fullmatch("|".join(wanted.get("type", [])) or "-", key[0])
        ]
        return 200, "\n".join(map(json.dumps, found)).encode()
