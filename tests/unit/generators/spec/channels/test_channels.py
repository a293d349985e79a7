"""A channel of alerts is one file and its line in the registry: shown by adding one to a copy."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from generators.spec import kpispec
from generators.spec.channels import Channels

if TYPE_CHECKING:
    from pathlib import Path

TELEGRAM = '''"""Chat messages over Telegram."""

from __future__ import annotations

from typing import Any, ClassVar

from generators.spec.channels.channel import SECRETS, Channel, Inbox
from generators.spec.vocabulary import SecretName


class Telegram(Channel):
    """Where a message goes: a chat of Telegram, over a bot."""

    integration: ClassVar[str] = "telegram"

    chat: int
    token_file: SecretName

    @property
    def secret(self) -> str:
        return self.token_file

    def provider(self) -> dict[str, Any]:
        return {"bot_token_file": f"{SECRETS}/{self.token_file}"}

    def inbox(self, inbox: Inbox) -> dict[str, Any]:
        return {"api_url": inbox.url("/telegram"), "bot_token": "inbox"}

    def message(self) -> dict[str, Any]:
        return {"chat_id": self.chat, "message": \'{{ template "amaie.sms" . }}\'}
'''
REGISTERED = """from generators.spec.channels.telegram import Telegram


class Channels(Part):"""
LAST = "    heartbeat: Heartbeat | None = None\n"


@pytest.fixture(scope="module")
def receivers(root: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Return production's and the demo's receivers by name after Telegram was added to code and spec."""
    folder = tmp_path_factory.mktemp("copy")
    code = folder / "scripts"
    shutil.copytree(root / "scripts" / "generators", code / "generators")
    shutil.copy(root / "scripts" / "generate.py", code)
    channels = code / "generators" / "spec" / "channels"
    (channels / "telegram.py").write_text(TELEGRAM)
    registry = channels / "__init__.py"
    text = registry.read_text().replace("class Channels(Part):", REGISTERED)
    registry.write_text(text.replace(LAST, LAST + "    telegram: Telegram | None = None\n"))
    shop = shutil.copytree(root / "tests" / "golden" / "small", folder / "shop")
    spec = shop / "spec" / "kpis.yaml"
    changed = spec.read_text().replace("channels: [slack, email]", "channels: [slack, telegram]")
    new = "    telegram: {chat: 4711, token_file: telegram_token}\n  deliveries:\n"
    spec.write_text(changed.replace("  deliveries:\n", new))
    command = [sys.executable, str(code / "generate.py"), "--root", str(shop), "--only", "alertmanager"]
    subprocess.run(command, check=True, capture_output=True)
    written = sorted(shop.rglob("alertmanager*.yml"))
    found = {path.name: yaml.safe_load(path.read_text())["receivers"] for path in written}
    return {name: {one["name"]: one for one in listed} for name, listed in found.items()}


def test_a_new_channel_has_its_receiver_with_its_secret(receivers: dict[str, dict[str, Any]]) -> None:
    """Its keys are taken from the spec, its secret is read from its file, and what no route takes uses it."""
    sent = {"chat_id": 4711, "message": '{{ template "amaie.sms" . }}'}
    production = receivers["alertmanager.yml"]
    configs = [{"bot_token_file": "/run/secrets/telegram_token"} | sent]
    assert production["telegram"] == {"name": "telegram", "telegram_configs": configs}
    assert production["unrouted"]["telegram_configs"] == configs


def test_a_new_channel_ends_in_the_inbox_in_the_demo(receivers: dict[str, dict[str, Any]]) -> None:
    """No provider is asked while everything is simulated."""
    (config,) = receivers["alertmanager.demo.yml"]["telegram"]["telegram_configs"]
    assert config["api_url"] == "http://inbox:8025/telegram"


def test_every_channel_sends_over_an_integration_of_its_own(root: Path) -> None:
    """Alertmanager counts by integration, so two channels of one could not be told apart."""
    channels = kpispec.load(root / "spec" / "kpis.yaml").routing.channels.configured()
    assert list(channels) == list(Channels.model_fields)
    assert len({channel.integration for channel in channels.values()}) == len(channels)
