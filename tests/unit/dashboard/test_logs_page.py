"""Where the page of the logs leads: the same question in Kibana, whatever stands in an id."""

from __future__ import annotations

import html
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import parse_qs, unquote, urlsplit

import prison
import pytest

from amaie_dashboard import fragments
from amaie_dashboard.logquery import LogQuery
from amaie_dashboard.pages import logs

SITE = SimpleNamespace(
    settings=SimpleNamespace(kibana="http://127.0.0.1:5601"), catalogue=SimpleNamespace(data_view="amaie")
)
IDS = ['a"b', "a\\b", "a#b&c", "50%2B+1 b", "it's!", "acme:42 (a)", "<b>"]


def target(link: str) -> str:
    """Return the address of a link as the browser takes it."""
    return html.unescape(link.split('href="')[1].split('"', maxsplit=1)[0])


@pytest.mark.parametrize("trace", IDS)
def test_any_trace_id_reaches_kibana_as_one_quoted_string(trace: str) -> None:
    """Neither the address nor rison nor Kibana's query language ends it early."""
    link = logs.kibana_link(cast("Any", SITE), LogQuery(trace_id=trace))

    url = urlsplit(target(link))
    state: dict[str, Any] = prison.loads(unquote(url.fragment.split("_a=")[1]))
    query = state["query"]["query"]
    assert (url.query, state["dataSource"]["dataViewId"]) == ("", "amaie")
    assert query == f'trace_id:"{trace.replace(chr(92), chr(92) * 2).replace(chr(34), chr(92) + chr(34))}"'


@pytest.mark.parametrize("trace", IDS)
def test_any_trace_id_reaches_its_story_unchanged(trace: str) -> None:
    """The address of the story carries it whole."""
    row = fragments.log_row({"trace_id": trace})

    url = urlsplit(target(row))
    assert (url.path, parse_qs(url.query), url.fragment) == ("/logs/story", {"trace_id": [trace]}, "")
