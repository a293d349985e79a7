"""`site.yaml` is read strictly: every mistake at once, each with its line, its place and its cure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from generators.spec.strict_yaml import SpecError
from operate.paths import DEMO_SITE, ROOT
from operate.site import load
from operate.site.shape import Site

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from generators.spec.model import Model

    Read = Callable[[str], Site]

WHOLE = """
services:
  - {name: btc-bot, role: amaie-trader, compose: "btc-bot:9301", interval: 5m}
  - {name: ETH.bot_2, role: amaie-trader, container: "eth-bot:9301", network: freqtrade_default}
  - {name: notebook, role: amaie-core, host: 9302}
  - name: far
    role: launcher
    address: "[2001:db8::1]:9303"
    tls: {ca_file: far_ca.pem, server_name: far.example}
    credentials: {user: prometheus, password_file: far_password}
logs: [TMP/logs]
limits: {daily_loss_critical_ratio: 0.02, daily_loss_warning_ratio: 0.01}
accounts:
  - {name: main, currency: USDT, limits: {daily_loss: 500, drawdown_critical_ratio: 0.2}}
links: {dashboard: "https://amaie.example"}
channels: {slack: {channel: "#a", webhook_url_file: slack_webhook_url}}
told: {critical: [slack]}
retention: {metrics: 180d, logs: 60d}
backup: {to: /srv/not-there-yet, every: 12h, keep: 3, passphrase_file: /root/not-there-yet}
ports: {dashboard: 8081}
"""
MUTE = "mutes: [{name: closed, description: While it is closed.,"

MISTAKES = {
    "unknown key": ("servces: []", "1: servces: unknown key; did you mean 'services'?"),
    "twice": (
        "services:\n- {name: a, role: launcher, host: 1}\n- {name: a, role: launcher, host: 2}",
        "3: services[a].name: the name 'a' stands twice; give one of them another name",
    ),
    "nowhere": (
        "services:\n- {name: a, role: launcher}",
        (
            "2: services[a]: nothing says where it is; "
            "write exactly one of compose, container, host, address, pushed"
        ),
    ),
    "nobody to send to": (
        "services:\n- {name: a, role: launcher, pushed: true}",
        "2: services[a].pushed: nobody takes what it sends; set up the gateway",
    ),
    "one of two to send to": (
        (
            "services:\n- {name: a, role: launcher, pushed: true}\ngateway: {address: 0.0.0.0, names: [a]}\n"
            "high_availability: {prometheus: true}"
        ),
        (
            "2: services[a].pushed: of two Prometheus one gets what it sends, and the other would tell that "
            "it is down; let it be scraped, or switch high_availability.prometheus off"
        ),
    ),
    "gateway": (
        "gateway: {address: everywhere, names: [stack.example]}",
        (
            "1: gateway.address: 'everywhere' is no address of this machine; "
            "write it like 10.0.0.5, or 0.0.0.0 for all"
        ),
    ),
    "two places": (
        "services:\n- {name: a, role: launcher, host: 1, compose: 'a:1'}",
        (
            "2: services[a]: compose and host are written; "
            "write exactly one of compose, container, host, address, pushed"
        ),
    ),
    "role": (
        "services:\n- {name: a, role: trader, host: 1}",
        "2: services[a].role: unknown role 'trader'; did you mean 'amaie-trader'?",
    ),
    "port": (
        "services:\n- {name: a, role: launcher, address: 'a:70000'}",
        "2: services[a].address: '70000' is no port; write one from 1 to 65535",
    ),
    "no port": (
        "services:\n- {name: a, role: launcher, address: http://a}",
        "2: services[a].address: 'http://a' is not a name and a port; write it like btc-bot:9301",
    ),
    "network": (
        "services:\n- {name: a, role: launcher, host: 1, network: x}",
        "2: services[a].network: a network is asked for a container only; remove it, or write container",
    ),
    "credentials": (
        "services:\n- {name: a, role: launcher, host: 1, credentials: {user: u}}",
        "2: services[a].credentials: write user and password_file, or token_file alone",
    ),
    "file": (
        "services:\n- {name: a, role: launcher, host: 1, tls: {ca_file: no.pem}}",
        (
            "2: services[a].tls.ca_file: there is no file compose/secrets/services/no.pem; "
            "put it there or correct the name"
        ),
    ),
    "folder": (
        "logs: [/nowhere]",
        "1: logs[/nowhere]: there is no folder /nowhere; create it or correct the path",
    ),
    "compose file": (
        "compose_files: [no.yaml]",
        "1: compose_files[no.yaml]: there is no file no.yaml; write it as seen from site.yaml",
    ),
    "unknown limit": (
        "limits: {daily_los: 5}",
        "1: limits.daily_los: unknown limit 'daily_los'; did you mean 'daily_loss'?",
    ),
    "negative": (
        "accounts:\n- name: a\n  limits:\n    daily_loss: -5",
        "4: accounts[a].limits.daily_loss: -5 is no limit; write what may be lost as a number above 0",
    ),
    "percent": (
        "limits: {daily_loss_critical_ratio: 5}",
        (
            "1: limits.daily_loss_critical_ratio: 5 is more than the whole account; "
            "write a share such as 0.05 for 5 %"
        ),
    ),
    "order": (
        "accounts:\n- name: a\n  limits:\n    drawdown_warning_ratio: 0.2",
        (
            "4: accounts[a].limits.drawdown_warning_ratio: drawdown_warning_ratio is 0.2, "
            "above drawdown_critical_ratio, 0.05; nobody would be warned in time"
        ),
    ),
    "account twice": (
        "accounts:\n- {name: a}\n- {name: a}",
        "3: accounts[a].name: the account 'a' stands twice; write its limits in one place",
    ),
    "told by nobody": (
        "told: {critical: [slack]}",
        "1: told.critical[slack]: the channel 'slack' is not set up; add it to channels",
    ),
    "told by a beat": (
        "channels: {heartbeat: {url_file: u}}\ntold: {critical: [heartbeat]}",
        "2: told.critical[heartbeat]: 'heartbeat' tells no person; write a channel for people",
    ),
    "retention": (
        "retention: {metrics: 2d}",
        "1: retention.metrics: the formula looks back ",
    ),
    "mute of no service": (
        f"{MUTE} services: [a], windows: [{{from: friday 16:00, to: sunday 17:00}}]}}]",
        "1: mutes[closed].services[a]: unknown service 'a'; ",
    ),
    "mute of money": (
        f"{MUTE} alerts: [DailyLossLimit], severities: [critical], windows: [{{weekdays: [sunday]}}]}}]",
        (
            "1: mutes[closed].severities: 'DailyLossLimit' is critical and about money, "
            "which is always told; remove the alert, or critical here"
        ),
    ),
    "days": ("retention: {logs: 2w}", "1: retention.logs: '2w' is no number of days; write it like 30d"),
    "ports": (
        "ports:\n  grafana: 1\n  kibana: 1",
        "3: ports.kibana: the port 1 is that of grafana, too; write another one",
    ),
    "port of another": (
        "ports: {dashboard: 9090}",
        "1: ports.dashboard: the port 9090 is that of prometheus, too; write another one",
    ),
    "nothing": ("# one day\n", "1: this file says nothing; write keys and values in it"),
    "text for a number": ('version: "1"', "1: version: '1' is text here; write 1 without quotes"),
    "no value": (
        "services:\n- name: a\n  role: launcher\n  host: 1\n  tls:",
        "5: services[a].tls: this key has no value; write one or remove the key",
    ),
    "network of Docker's own": (
        "services:\n- {name: a, role: launcher, container: 'a:1', network: host}",
        ("2: services[a].network: 'host' is no network of a Compose project; docker network ls names them"),
    ),
    "address of version 6": (
        "services:\n- {name: a, role: launcher, address: '[::1::]:1'}",
        "2: services[a].address: '[::1::]' is no address; write it like 10.0.0.7 or [2001:db8::1]",
    ),
    "address of version 4": (
        "services:\n- {name: a, role: launcher, address: '10.0.0:1'}",
        "2: services[a].address: '10.0.0' is no address; write it like 10.0.0.7 or [2001:db8::1]",
    ),
    "two names for one page": (
        (
            "services:\n- {name: a, role: launcher, compose: 'x:1'}\n"
            "- {name: b, role: launcher, container: 'x:1'}"
        ),
        (
            "3: services[b]: the page 'x:1/metrics' stands twice; "
            "every figure of it would count twice, so name one service for it"
        ),
    ),
    "no interval": (
        "services:\n- {name: a, role: launcher, host: 1, interval: 0s}",
        "2: services[a].interval: '0s' is no time between two acts; write one from 1s to 31d",
    ),
    "digits of another script": (
        "services:\n- {name: a, role: launcher, host: 1, interval: \u0663m}",
        "2: services[a].interval: '\u0663m' is not a duration; write it like 5m or 1h30m",
    ),
    "user": (
        (
            "services:\n- name: a\n  role: launcher\n  host: 1\n"
            "  credentials: {user: 'a:b', password_file: far_password}"
        ),
        (
            "5: services[a].credentials.user: 'a:b' is not the name of a user; "
            "write it without spaces and colons"
        ),
    ),
    "order over two places": (
        (
            "accounts:\n- {name: a, limits: {daily_loss_critical_ratio: 0.021}}\n"
            "- {name: a, currency: X, limits: {daily_loss_warning_ratio: 0.025}}"
        ),
        (
            "3: accounts[a].limits.daily_loss_warning_ratio: daily_loss_warning_ratio is 0.025, "
            "above daily_loss_critical_ratio, 0.021; nobody would be warned in time"
        ),
    ),
    "no currency": (
        "accounts:\n- {name: a, currency: ''}",
        "2: accounts[a].currency: '' is too short; write at least 1 character",
    ),
    "two resets": (
        "accounts:\n- {name: a, currency: X, peak_reset: 1}\n- {name: a, currency: Y, peak_reset: 2}",
        (
            "3: accounts[a].peak_reset: the account has the number 1 already, "
            "for all its currencies; write one of the two"
        ),
    ),
    "a reset that is none": (
        "accounts:\n- {name: a, peak_reset: 0}",
        "2: accounts[a].peak_reset: 0 is too small; write at least 1",
    ),
    "told nobody": (
        "channels: {slack: {channel: '#a', webhook_url_file: u}}\ntold: {critical: []}",
        "2: told.critical: nobody would be told; name a channel, or remove the key",
    ),
    "told twice": (
        "channels: {slack: {channel: '#a', webhook_url_file: u}}\ntold: {critical: [slack, slack]}",
        "2: told.critical[slack]: the channel 'slack' stands twice; remove one of the two",
    ),
    "folder twice": (
        "logs: [TMP/logs, TMP/logs/]",
        "1: logs[TMP/logs/]: the folder 'TMP/logs' stands twice; ",
    ),
    "password in a link": (
        "links: {dashboard: 'https://u:p@a'}",
        (
            "1: links.dashboard: 'https://u:p@a' is not a base address; "
            "write it like http://127.0.0.1:3000, no slash at its end"
        ),
    ),
    "query in a link": (
        "links: {dashboard: 'https://a?b'}",
        "1: links.dashboard: 'https://a?b' is not a base ",
    ),
    "backups all the time": (
        "backup: {to: TMP/logs, every: 5m, passphrase_file: /root/passphrase}",
        "1: backup.every: '5m' is too often, for it stops who writes; write at least 1h",
    ),
    "backups into a file": (
        "backup: {to: TMP/site.yaml, passphrase_file: /root/passphrase}",
        "1: backup.to: TMP/site.yaml is no folder that you may read; correct the path or its mode",
    ),
    "backups without a passphrase": (
        "backup: {to: TMP/logs}",
        "1: backup.passphrase_file: this key is missing; add 'passphrase_file: ",
    ),
    "no backup is kept": (
        "backup: {to: TMP/logs, keep: 0, passphrase_file: /root/passphrase}",
        "1: backup.keep: 0 is too small; write at least 1",
    ),
    "retention without end": ("retention: {metrics: 999y}", "1: retention.metrics: '999y' is not a duration"),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_each_mistake_is_told_with_its_line_and_its_cure(case: str, read: Read, tmp_path: Path) -> None:
    """The text is the whole of what is told, so that one mistake is told once."""
    text, expected = MISTAKES[case]
    with pytest.raises(SpecError) as error:
        read(text)
    [problem] = error.value.problems
    assert str(problem).startswith(f"{tmp_path}/site.yaml:{expected}".replace("TMP", str(tmp_path)))


def test_all_mistakes_are_told_at_once(read: Read) -> None:
    """Of shape and of meaning, so that one run is enough to correct a file."""
    with pytest.raises(SpecError) as error:
        read("services:\n- {name: a, role: x, host: 1}\n- {name: b}\nlimits: {daily_loss: 0}\n")
    assert [problem.line for problem in error.value.problems] == [2, 3, 4]


def test_a_whole_site_is_read(read: Read) -> None:
    """Every key, and every way in."""
    site = read(WHOLE)
    assert [one.name for one in site.services] == ["btc-bot", "ETH.bot_2", "notebook", "far"]
    assert site.backup
    assert site.backup.keep == 3
    assert site.accounts[0].limits == {"daily_loss": 500, "drawdown_critical_ratio": 0.2}


def test_without_a_file_there_is_a_site_without_services(tmp_path: Path, model: Model) -> None:
    """The stack starts all the same."""
    assert load.read(tmp_path / "site.yaml", model.spec) == Site()


def test_a_link_that_leads_nowhere_is_not_a_site_without_services(tmp_path: Path, model: Model) -> None:
    """Somebody's site is elsewhere, such as on a disk that is not mounted."""
    (tmp_path / "site.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    with pytest.raises(SpecError, match="there is no such file"):
        load.read(tmp_path / "site.yaml", model.spec)


@pytest.mark.parametrize("path", [DEMO_SITE, ROOT / "site.example.yaml"], ids=lambda path: path.name)
def test_the_sites_that_we_ship_are_good(path: Path, model: Model) -> None:
    """The demo's, and the example that people copy."""
    assert load.read(path, model.spec).services or path.name.startswith("site.example")


def test_the_example_names_every_key_and_is_good_with_all_of_them(
    model: Model, read: Read, tmp_path: Path
) -> None:
    """What stands in it as a comment is right as well, so that a person only removes the marks."""
    text = (ROOT / "site.example.yaml").read_text(encoding="utf-8")
    (tmp_path / "bots.yaml").touch()
    site = read(re.sub("^#(?=[a-z]|  )", "", text, flags=re.MULTILINE).replace("/srv/bots/logs", "TMP/logs"))
    assert site.model_fields_set == set(Site.model_fields)
    assert {limit for one in site.accounts for limit in one.limits} <= {one.name for one in model.spec.limits}
