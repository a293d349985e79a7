"""Where things are, seen from the operator's machine."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = ROOT / "compose"
CACHE = ROOT / ".cache" / "stack"
SECRETS = COMPOSE / "secrets"
RUN = COMPOSE / "run"
IMAGES_ENV = COMPOSE / "images.env"
SPEC_ENV = COMPOSE / "generated" / "spec.env"
