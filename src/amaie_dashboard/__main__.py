"""`python -m amaie_dashboard`: see `dashboard.py`."""

from __future__ import annotations

import sys

from amaie_dashboard.dashboard import main

if __name__ in {"__main__", "__mp_main__"}:
    sys.exit(main())
