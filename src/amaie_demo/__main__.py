"""Run one service of the simulated AMAIE until it is told to stop.

Example:
    python -m amaie_demo --role amaie-trader --port 9102 --scenario drawdown
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from pathlib import Path

from amaie_demo.scenarios import SCENARIOS
from amaie_demo.service import ROLES, Options, run


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m amaie_demo",
        description=__doc__.splitlines()[0],
        epilog="Example: python -m amaie_demo --role amaie-trader --port 9102 --scenario drawdown",
    )
    parser.add_argument("--role", choices=sorted(ROLES), required=True, help="which service to be")
    parser.add_argument("--port", type=int, required=True, help="where /metrics and /healthz are served")
    parser.add_argument("--scenario", choices=sorted(SCENARIOS), default="normal", help="the story to play")
    parser.add_argument(
        "--seed", type=int, default=int(os.environ.get("AMAIE_SEED", "7")), help="of the market"
    )
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the service; return 0 after SIGTERM or SIGINT, 1 if it cannot start."""
    given = _parser().parse_args(arguments)
    file = os.environ.get("AMAIE_SCENARIO_FILE")
    options = Options(
        role=given.role,
        port=given.port,
        seed=given.seed,
        scenario=given.scenario,
        scenario_file=Path(file) if file else None,
        log_dir=Path(os.environ.get("AMAIE_LOG_DIR", "/var/log/amaie")),
        level=os.environ.get("AMAIE_LOG_LEVEL", "DEBUG"),
    )
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        return run(options, stop)
    except OSError as error:
        reason = f"{error}; is another program on port {options.port}, or is {options.log_dir} not yours?"
        sys.stderr.write(f"amaie_demo: {reason}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
