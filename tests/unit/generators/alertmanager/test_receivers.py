"""What is not yet configured is known before an alert needs it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from generators.alertmanager import receivers
from generators.spec import kpispec

if TYPE_CHECKING:
    from generators.spec.model import Channels

SMALL = Path(__file__).parents[3] / "golden" / "small" / "spec" / "kpis.yaml"


@pytest.fixture(scope="module")
def channels() -> Channels:
    """Return the channels of the small spec."""
    return kpispec.load(SMALL).routing.channels


def test_without_secrets_every_channel_is_unconfigured(channels: Channels, tmp_path: Path) -> None:
    """A new machine has no secret: each channel is named with the file that it lacks."""
    assert receivers.unconfigured(channels, tmp_path / "not-there") == {
        "pagerduty": "pagerduty_routing_key",
        "sms": "aws_credentials",
        "slack": "slack_webhook_url",
        "email": "smtp_password",
        "heartbeat": "heartbeat_url",
    }


def test_a_channel_with_a_filled_file_is_configured(channels: Channels, tmp_path: Path) -> None:
    """Only channels whose file holds something are taken as configured."""
    (tmp_path / "slack_webhook_url").write_text("https://hooks.example/services/x\n")
    (tmp_path / "smtp_password").write_text("word")
    assert set(receivers.unconfigured(channels, tmp_path)) == {
        "pagerduty",
        "sms",
        "heartbeat",
    }


@pytest.mark.parametrize("content", ["", " \n\t\n"])
def test_an_empty_file_does_not_count_as_configured(channels: Channels, tmp_path: Path, content: str) -> None:
    """A file that was created but never filled in cannot open a channel."""
    (tmp_path / "slack_webhook_url").write_text(content)
    assert "slack" in receivers.unconfigured(channels, tmp_path)


def test_a_folder_in_the_place_of_a_secret_does_not_count(channels: Channels, tmp_path: Path) -> None:
    """Docker makes a folder where a mounted file was missing: that is no secret."""
    (tmp_path / "slack_webhook_url").mkdir()
    assert "slack" in receivers.unconfigured(channels, tmp_path)
