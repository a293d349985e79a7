"""Write calendars.json anew: when exchanges trade, by exchange_calendars (Apache-2.0), an open and a close a row.

Usage: in an environment with exchange_calendars 4.13.2 (it asks for pandas, so it is no requirement of ours).
"""

from __future__ import annotations

import json
from pathlib import Path

import exchange_calendars  # type: ignore[import-not-found]

YEAR = 2026
CODES = ("CMES", "XNYS")
FORM = "%Y-%m-%dT%H:%MZ"


def main() -> None:
    """Write code -> sessions of the year, beside this file."""
    kept = {}
    for code in CODES:
        calendar = exchange_calendars.get_calendar(code, start=f"{YEAR}-01-01", end=f"{YEAR}-12-31")
        kept[code] = [
            [row["open"].strftime(FORM), row["close"].strftime(FORM)]
            for _, row in calendar.schedule.iterrows()
        ]
    text = json.dumps(kept).replace("[[", "[\n[").replace("], [", "],\n[")
    Path(__file__).with_name("calendars.json").write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
