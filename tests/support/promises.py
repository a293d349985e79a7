"""What the spec promises of Alertmanager's configuration, read from the spec's text without the generator."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Labels = dict[str, str]

_MATCHER = re.compile(r'(\w+)(=~|!~|!=|=)"(.*)"')
_TIMING = ("group_by", "group_wait", "group_interval", "repeat_interval")
_SEVERITIES = ("critical", "warning", "none")
_OTHERS = ("NobodyIsPaged", "Watchdog", "New")
_DASHBOARD = "{{ (index .Alerts 0).Annotations.dashboard_url }}"
_LINKS = {"Dashboard": "dashboard_url", "Logs": "logs_url", "Runbook": "runbook_url", "Live": "live_url"}


def broken(config: dict[str, Any], spec: dict[str, Any]) -> list[str]:
    """Return what the production configuration does otherwise than the spec says, a line each.

    Which receiver an alert reaches is Alertmanager's own matcher to say (`support.routes`), not asked here.
    """
    checks = (_global, _timings, _mutes, _windows, _inhibitions, _receivers)
    return [complaint for check in checks for complaint in check(config, spec)]


def _global(config: dict[str, Any], _: dict[str, Any]) -> Iterator[str]:
    yield from _differing("resolve_timeout", config.get("global", {}).get("resolve_timeout"), "5m")
    yield from _differing("templates", config.get("templates"), ["../templates/*.tmpl"])


def _timings(config: dict[str, Any], spec: dict[str, Any]) -> Iterator[str]:
    """Yield each route that gathers, waits or repeats otherwise than its delivery."""
    deliveries = {one["severity"]: one for one in spec["routing"]["deliveries"]}
    wanted = {
        channel: {key: one[key] for key in _TIMING}
        for one in deliveries.values()
        for channel in one["channels"]
    }
    root = config.get("route", {})
    yield from _differing("route", _timing(root), {key: deliveries["warning"][key] for key in _TIMING})
    found = {route.get("receiver"): _timing(route) for route in root.get("routes", ())}
    yield from _differing("routes", found, wanted)


def _timing(route: dict[str, Any]) -> dict[str, Any]:
    return {key: route.get(key) for key in _TIMING}


def _mutes(config: dict[str, Any], spec: dict[str, Any]) -> Iterator[str]:
    """Yield each alert that is silent on a channel in other windows than the spec gives it."""
    mutes = spec["routing"]["mutes"]
    names = {name for mute in mutes for name in mute["alerts"]} | set(_OTHERS)
    severities = {
        channel: one["severity"] for one in spec["routing"]["deliveries"] for channel in one["channels"]
    }
    for route, name in itertools.product(config.get("route", {}).get("routes", ()), sorted(names)):
        severity = severities.get(route.get("receiver", ""), "")
        labels = {"alertname": name, "severity": severity}
        children = [one for one in route.get("routes", ()) if _accepts(one.get("matchers", ()), labels)]
        silent = [mute for first in children[:1] for mute in first.get("mute_time_intervals", ())]
        wanted = [
            mute["name"]
            for mute in mutes
            if name in mute["alerts"] and severity in mute.get("severities", ["warning"])
        ]
        yield from _differing(f"mutes of {name} on {route.get('receiver')}", silent, wanted)


def _windows(config: dict[str, Any], spec: dict[str, Any]) -> Iterator[str]:
    found = {one.get("name"): one.get("time_intervals") for one in config.get("time_intervals", ())}
    wanted = {mute["name"]: [_window(one) for one in mute["windows"]] for mute in spec["routing"]["mutes"]}
    yield from _differing("time_intervals", found, wanted)


def _window(window: dict[str, Any]) -> dict[str, Any]:
    times = [{"start_time": start, "end_time": end} for start, end in window["times"]]
    return window | {"times": times}


def _inhibitions(config: dict[str, Any], spec: dict[str, Any]) -> Iterator[str]:
    """Yield each pair of alerts of which one silences the other against the spec, or does not with it."""
    labels = {label for kpi in spec["kpis"] if kpi.get("alerts") for label in kpi.get("labels", ())}
    stopping = spec["routing"]["channels"]["heartbeat"]["stopped_by"]
    kinds = [
        {"alertname": name, "severity": severity}
        for name, severity in itertools.product(_OTHERS, _SEVERITIES)
    ]
    for source, target in itertools.product(kinds, kinds):
        own = source["alertname"] == target["alertname"]
        stops = source["alertname"] in stopping and target["alertname"] == "Watchdog"
        worse = (source["severity"], target["severity"]) == ("critical", "warning")
        for label in sorted(labels | {"instance", "job", "component"}):
            same = label == "component"
            wanted = stops or (own and worse and same)
            if _inhibits(config, source | {label: "a"}, target | {label: "b"}) != wanted:
                yield f"{source} inhibits {target} of another {label}: not {wanted}"


def _inhibits(config: dict[str, Any], source: Labels, target: Labels) -> bool:
    return any(
        _accepts(rule.get("source_matchers", ()), source)
        and _accepts(rule.get("target_matchers", ()), target)
        and all(source.get(label, "") == target.get(label, "") for label in rule.get("equal", ()))
        for rule in config.get("inhibit_rules", ())
    )


def _accepts(matchers: Iterable[str], labels: Labels) -> bool:
    """Return whether a set of labels passes every matcher; a label that is not there is empty."""
    for matcher in matchers:
        found = _MATCHER.fullmatch(matcher)
        assert found, f"{matcher} is no matcher"
        name, operator, value = found.groups()
        equal = re.fullmatch(value if "~" in operator else re.escape(value), labels.get(name, "")) is not None
        if equal is operator.startswith("!"):
            return False
    return True


def _receivers(config: dict[str, Any], spec: dict[str, Any]) -> Iterator[str]:
    """Yield each field of a receiver that is not what its channel's people and provider are promised."""
    channels = spec["routing"]["channels"]
    wanted = {
        "pagerduty": {"pagerduty_configs": [_pagerduty(channels["pagerduty"])]},
        "sms": {"sns_configs": [_sms(channels["sms"])]},
        "slack": {"slack_configs": [_slack(channels["slack"])]},
        "email": {"email_configs": [_email(channels["email"])]},
        "heartbeat": {"webhook_configs": [_heartbeat(channels["heartbeat"])]},
    }
    wanted["unrouted"] = wanted["slack"] | wanted["email"]
    found = {
        one.get("name"): {key: value for key, value in one.items() if key != "name"}
        for one in config.get("receivers", ())
    }
    for name in sorted(wanted | found, key=str):
        yield from _differing(f"receiver {name}", found.get(name), wanted.get(name))


def _pagerduty(channel: dict[str, Any]) -> dict[str, Any]:
    return {
        "url": channel["url"],
        "routing_key_file": f"/run/secrets/{channel['routing_key_file']}",
        "send_resolved": True,
        "client": "AMAIE Observability",
        "client_url": _DASHBOARD,
        "description": '{{ template "amaie.headline" . }}',
        "severity": "critical",
        "source": '{{ template "amaie.source" . }}',
        "class": "{{ .CommonLabels.alertname }}",
        "component": "{{ .CommonLabels.component }}",
        "group": "{{ .CommonLabels.family }}",
        "details": {
            "firing": '{{ template "amaie.plain" .Alerts.Firing }}',
            "num_firing": "{{ len .Alerts.Firing }}",
            "num_resolved": "{{ len .Alerts.Resolved }}",
            "resolved": '{{ template "amaie.plain" .Alerts.Resolved }}',
        },
        "links": [
            {"href": f"{{{{ (index .Alerts 0).Annotations.{annotation} }}}}", "text": text}
            for text, annotation in _LINKS.items()
        ],
    }


def _sms(channel: dict[str, Any]) -> dict[str, Any]:
    return {
        "sigv4": {"region": channel["region"]},
        "send_resolved": True,
        "topic_arn": channel["topic_arn"],
        "subject": "AMAIE alert",
        "message": '{{ template "amaie.sms" . }}',
    }


def _slack(channel: dict[str, Any]) -> dict[str, Any]:
    return {
        "api_url_file": f"/run/secrets/{channel['webhook_url_file']}",
        "send_resolved": True,
        "channel": channel["channel"],
        "username": "AMAIE Observability",
        "color": '{{ template "amaie.colour" . }}',
        "title": '{{ template "amaie.slack.headline" . }}',
        "title_link": _DASHBOARD,
        "fallback": '{{ template "amaie.slack.headline" . }}',
        "text": '{{ template "amaie.slack" . }}',
        "footer": "",
    }


def _email(channel: dict[str, Any]) -> dict[str, Any]:
    return {
        "smarthost": channel["smarthost"],
        "auth_username": channel["username"],
        "auth_password_file": f"/run/secrets/{channel['password_file']}",
        "require_tls": True,
        "send_resolved": True,
        "to": ", ".join(channel["to"]),
        "from": channel["sender"],
        "headers": {"Subject": '{{ template "amaie.headline" . }}'},
        "text": '{{ template "amaie.email.text" . }}',
        "html": '{{ template "amaie.email.html" . }}',
    }


def _heartbeat(channel: dict[str, Any]) -> dict[str, Any]:
    return {"url_file": f"/run/secrets/{channel['url_file']}", "send_resolved": False}


def _differing(place: str, found: Any, wanted: Any) -> Iterator[str]:
    if found != wanted:
        yield f"{place}: {found}, not {wanted}"
