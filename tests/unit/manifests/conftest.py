"""An installation with services, credentials, channels and limits, and its manifests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

import generate
import manifests
from operate import pins
from operate.manifests import rendering
from operate.manifests.objects import Cluster
from operate.paths import ROOT
from operate.site import files
from operate.site.shape import Site

if TYPE_CHECKING:
    from collections.abc import Callable

    from generators.spec.model import Model

CLUSTER = Cluster("trading", {"release": "kube"})
SERVICES: list[dict[str, Any]] = [
    {"name": "btc.bot", "role": "amaie-trader", "address": "btc-bot.bots.svc:9301", "path": "/facts"},
    {
        "name": "far",
        "role": "launcher",
        "address": "far.example:9303",
        "tls": {"ca_file": "far_ca.pem", "server_name": "far"},
        "credentials": {"user": "scraper", "password_file": "far_password"},
    },
    {"name": "token", "role": "amaie-core", "address": "t:1", "credentials": {"token_file": "t_token"}},
    {"name": "hidden", "role": "amaie-trader", "pushed": True},
]
SITE: dict[str, Any] = {
    "services": SERVICES,
    "limits": {"daily_loss_warning_ratio": 0.02},
    "channels": {"slack": {"channel": "#a", "webhook_url_file": "slack_webhook_url"}},
    "told": {"critical": ["slack"], "warning": ["slack"]},
}


@pytest.fixture(scope="session")
def model() -> Model:
    """Return the real spec."""
    return generate.load(ROOT)


@pytest.fixture(scope="session")
def inputs(model: Model) -> Callable[[Site], dict[str, str]]:
    """Return a function that gives what a site renders, and what is written by hand."""
    return lambda site: manifests.by_hand() | files.render(model, site)


@pytest.fixture(scope="session")
def written(inputs: Callable[[Site], dict[str, str]]) -> dict[str, str]:
    """Return every file that is written for SITE."""
    site = Site.model_validate(SITE)
    return rendering.render(inputs(site), site, pins.read(), CLUSTER)


@pytest.fixture(scope="session")
def found(written: dict[str, str]) -> dict[tuple[str, str], dict[str, Any]]:
    """Return every object of SITE by kind and name."""
    texts = (text for name, text in written.items() if name.endswith(".yaml"))
    every = [one for text in texts for one in yaml.safe_load_all(text)]
    known = {(one["kind"], one["metadata"]["name"]): one for one in every}
    assert len(known) == len(every)
    return known
