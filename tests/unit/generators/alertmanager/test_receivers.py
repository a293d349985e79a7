"""What is not yet configured is known before an alert needs it."""

from __future__ import annotations

from pathlib import Path

import pytest

from generators.alertmanager import receivers
from generators.spec import kpispec
from generators.spec.model import Channel, Channels

SMALL = Path(__file__).parents[3] / "golden" / "small" / "spec" / "kpis.yaml"


@pytest.fixture(scope="module")
def channels() -> Channels:
    """Return the channels of the small spec."""
    return kpispec.load(SMALL).routing.channels


def test_without_secrets_every_channel_is_unconfigured(channels: Channels, tmp_path: Path) -> None:
    """A new machine has no secret: each channel is named with the file that it lacks."""
    assert receivers.unconfigured(channels, tmp_path / "not-there") == {
        Channel.PAGERDUTY: "pagerduty_routing_key",
        Channel.SMS: "aws_credentials",
        Channel.SLACK: "slack_webhook_url",
        Channel.EMAIL: "smtp_password",
        Channel.HEARTBEAT: "heartbeat_url",
    }


def test_a_channel_with_a_filled_file_is_configured(channels: Channels, tmp_path: Path) -> None:
    """Only channels whose file holds something are taken as configured."""
    (tmp_path / "slack_webhook_url").write_text("https://hooks.example/services/x\n")
    (tmp_path / "smtp_password").write_text("word")
    assert set(receivers.unconfigured(channels, tmp_path)) == {
        Channel.PAGERDUTY,
        Channel.SMS,
        Channel.HEARTBEAT,
    }


@pytest.mark.parametrize("content", ["", " \n\t\n"])
def test_an_empty_file_does_not_count_as_configured(channels: Channels, tmp_path: Path, content: str) -> None:
    """A file that was created but never filled in cannot open a channel."""
    (tmp_path / "slack_webhook_url").write_text(content)
    assert Channel.SLACK in receivers.unconfigured(channels, tmp_path)


def test_a_folder_in_the_place_of_a_secret_does_not_count(channels: Channels, tmp_path: Path) -> None:
    """Docker makes a folder where a mounted file was missing: that is no secret."""
    (tmp_path / "slack_webhook_url").mkdir()
    assert Channel.SLACK in receivers.unconfigured(channels, tmp_path)


def test_every_channel_has_an_integration_of_alertmanager() -> None:
    """No channel can be named in the spec that has no receiver."""
    assert set(receivers.INTEGRATIONS) == set(Channel)
