"""Each recipe of docs/logging-recipes.md, run with the real library."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "logging-recipes.md"
PYTHON = ROOT / ".cache" / "examples" / "bin" / "python"
MOST_LINES = 10

SERVER = """
import os, signal, socket, threading, time, urllib.request
async def app(scope, receive, send):
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"hi"})
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    PORT = free.getsockname()[1]
def visit():
    for _ in range(100):
        time.sleep(0.1)
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/orders").read()
            break
        except OSError:
            pass
    os.kill(os.getpid(), signal.SIGTERM)
threading.Thread(target=visit, daemon=True).start()
"""
LOGURU = """
logger.bind(symbol="BTC/USDT").info("Order placed")
try:
    1 / 0
except ZeroDivisionError:
    logger.exception("Order failed")
"""
GUNICORN = """
import gunicorn.app.base
def hello(environ, start):
    start("200 OK", [])
    return [b"hi"]
class Run(gunicorn.app.base.BaseApplication):
    def load_config(self):
        self.cfg.set("accesslog", accesslog)
        self.cfg.set("on_starting", on_starting)
        self.cfg.set("bind", f"127.0.0.1:{PORT}")
    def load(self):
        return hello
Run().run()
"""
CELERY = """
import logging
from celery.contrib.testing.worker import start_worker
app.conf.result_backend = "cache+memory://"
@app.task
def place():
    logging.getLogger("engine").info("Order placed")
with start_worker(app, perform_ping_check=False, pool="solo"):
    place.delay().get(timeout=20)
"""
QUEUED = """
import time
from amaie_telemetry import bind
with bind(symbol="BTC/USDT"):
    logging.getLogger("engine").info("Order placed")
time.sleep(0.3)
"""
PLACED = {"message": "Order placed", "level": "INFO"}
CASES: dict[str, tuple[str, str, list[dict[str, Any]]]] = {
    "structlog": ("", "", [PLACED | {"module": "engine", "symbol": "BTC/USDT"}]),
    "loguru": (
        "",
        LOGURU,
        [PLACED | {"symbol": "BTC/USDT"}, {"message": "Order failed", "exception_type": "ZeroDivisionError"}],
    ),
    "uvicorn": (SERVER, "", [{"module": "uvicorn.access"}, {"module": "uvicorn.error"}]),
    "gunicorn": (SERVER, GUNICORN, [{"module": "gunicorn.access"}, {"module": "gunicorn.error"}]),
    "Celery": ("", CELERY, [PLACED | {"module": "engine"}, {"module": "celery.worker.strategy"}]),
    "OpenTelemetry": ("", "", [PLACED | {"module": "engine"}]),
    "QueueHandler and QueueListener": ("", QUEUED, [PLACED | {"module": "engine", "symbol": "BTC/USDT"}]),
    "Jupyter, basicConfig, dictConfig": ("", "", [PLACED | {"module": "engine"}]),
}
"""What runs before and after each recipe, and records that must be in the file, each once or more."""


def recipes() -> dict[str, str]:
    """Return the code of the page by its heading."""
    return dict(re.findall(r"^## (.+?)\n.*?```python\n(.*?)```", PAGE.read_text(), re.MULTILINE | re.DOTALL))


def test_every_recipe_is_short_and_has_a_case() -> None:
    """At most ten lines of code."""
    assert list(recipes()) == list(CASES)
    for name, code in recipes().items():
        assert sum(bool(line.strip()) for line in code.splitlines()) <= MOST_LINES, name


@pytest.mark.parametrize("name", CASES)
def test_a_recipe_brings_the_frameworks_records(name: str, tmp_path: Path) -> None:
    """In the Python that has the examples' packages; every record once, with its fields."""
    if not PYTHON.exists():
        pytest.skip("the examples' packages are not installed; cure: make examples")
    before, after, expected = CASES[name]
    code = recipes()[name].replace("port=8000", "port=PORT")
    done = subprocess.run(
        [str(PYTHON), "-c", f"{before}\n{code}\n{after}"],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "AMAIE_LOG_DIR": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    found = [json.loads(line) for path in tmp_path.glob("*.jsonl") for line in path.read_text().splitlines()]
    for record in expected:
        hits = [one for one in found if record.items() <= one.items()]
        assert hits, (found, done.stdout[-1000:], done.stderr[-3000:])
        assert "message" not in record or len(hits) == 1, hits
    assert name != "OpenTelemetry" or all(len(one["trace_id"]) == 32 for one in found)
