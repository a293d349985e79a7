"""Where things are, seen from the operator's machine."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = ROOT / "compose"
CACHE = ROOT / ".cache" / "stack"
SECRETS = COMPOSE / "secrets"
SERVICE_SECRETS = SECRETS / "services"
"""What services ask of Prometheus: put in by the operator, named in site.yaml."""
RUN = COMPOSE / "run"
IMAGES_ENV = COMPOSE / "images.env"
SPEC_ENV = COMPOSE / "generated" / "spec.env"
SITE = Path(os.environ.get("AMAIE_SITE", ROOT / "site.yaml"))
DEMO_SITE = COMPOSE / "demo.site.yaml"
SITE_FILES = ROOT / ".site"
"""What `make up` writes from site.yaml, a folder for each project."""
