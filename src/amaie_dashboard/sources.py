"""Asks Prometheus, Alertmanager, Elasticsearch and the demo's inbox, and returns plain values.

Every function raises `SourceError` with one short sentence when the source is away or answers badly; none
retries, since the next refresh comes in two seconds.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx
import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

    from amaie_dashboard.catalogue import Limits

TIMEOUT = httpx.Timeout(4.0, connect=1.5)


class SourceError(RuntimeError):
    """A source is away, refuses, or answers what it should not; the text says which of them."""


class Sample(msgspec.Struct, frozen=True):
    """The newest value of one series."""

    labels: dict[str, str]
    value: float
    time: float


class Series(msgspec.Struct, frozen=True):
    """One series over time; points are Unix seconds and values, without gaps filled."""

    labels: dict[str, str]
    points: tuple[tuple[float, float], ...]


class Alert(msgspec.Struct, frozen=True):
    """An alert that Alertmanager knows: it fires, or is silenced or inhibited."""

    labels: dict[str, str]
    annotations: dict[str, str]
    since: float
    muted: bool

    @property
    def name(self) -> str:
        """Return the name of its rule."""
        return self.labels.get("alertname", "")

    @property
    def severity(self) -> str:
        """Return critical, warning or none."""
        return self.labels.get("severity", "none")


class _Result(msgspec.Struct):
    metric: dict[str, str]
    value: tuple[float, str] = (0.0, "NaN")
    values: list[tuple[float, str]] = []


class _Data(msgspec.Struct):
    result: list[_Result] = []


class _Answer(msgspec.Struct):
    status: str
    data: _Data = msgspec.field(default_factory=_Data)
    error: str = ""


class _State(msgspec.Struct):
    state: str


class _AlertAnswer(msgspec.Struct):
    labels: dict[str, str]
    annotations: dict[str, str]
    startsAt: datetime  # noqa: N815 (Alertmanager's name)
    status: _State


_answer = msgspec.json.Decoder(_Answer)
_alerts = msgspec.json.Decoder(list[_AlertAnswer])
_anything = msgspec.json.Decoder()


async def _ask(client: httpx.AsyncClient, source: str, method: str, url: str, **request: Any) -> bytes:
    try:
        answer = await client.request(method, url, timeout=TIMEOUT, **request)
    except httpx.TimeoutException as error:
        raise SourceError(f"{source} does not answer in time.") from error
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise SourceError(f"{source} cannot be reached.") from error
    if answer.status_code in {401, 403}:
        raise SourceError(f"{source} refuses the dashboard's password.")
    if answer.is_error:
        raise SourceError(f"{source} answers {answer.status_code}.")
    return answer.content


def _decoded(source: str, decoder: msgspec.json.Decoder[Any], content: bytes) -> Any:
    try:
        return decoder.decode(content)
    except msgspec.DecodeError as error:
        raise SourceError(f"{source} answers something that is not its API.") from error


def label_value(text: str) -> str:
    """Return a text as a quoted PromQL string that matches it exactly."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def selector(names: Iterable[str]) -> str:
    """Return the selector of all series with one of these names, which the spec made."""
    return f"{{__name__=~{label_value('|'.join(sorted(names)))}}}"


def in_force(samples: Iterable[Sample]) -> Limits:
    """Return what samples of the recorded limits say."""
    labels = ("account", "currency", "limit")
    return {tuple(one.labels.get(label, "") for label in labels): one.value for one in samples}


class Prometheus:
    """Values and courses of series."""

    def __init__(self, client: httpx.AsyncClient, url: str, auth: httpx.Auth | None = None) -> None:
        """Ask the server at *url* through *client*, signed in by *auth* if it asks for that."""
        self._client, self._url, self._auth = client, url, auth

    async def now(self, query: str) -> tuple[Sample, ...]:
        """Return the newest sample of each series that a query selects; NaN and infinity are left out."""
        results = await self._query("query", {"query": query})
        samples = ((result.metric, float(result.value[1]), result.value[0]) for result in results)
        return tuple(Sample(*sample) for sample in samples if math.isfinite(sample[1]))

    async def course(self, query: str, start: float, end: float, step: float) -> tuple[Series, ...]:
        """Return each series that a query selects from *start* to *end*, a point every *step* seconds."""
        form = {"query": query, "start": f"{start}", "end": f"{end}", "step": f"{step}"}
        series = []
        for result in await self._query("query_range", form):
            points = ((time, float(text)) for time, text in result.values)
            series.append(Series(result.metric, tuple(point for point in points if math.isfinite(point[1]))))
        return tuple(series)

    async def _query(self, kind: str, form: dict[str, str]) -> list[_Result]:
        content = await _ask(
            self._client, "Prometheus", "POST", f"{self._url}/api/v1/{kind}", data=form, auth=self._auth
        )
        answer: _Answer = _decoded("Prometheus", _answer, content)
        if answer.status != "success":
            raise SourceError("Prometheus refuses the query.")
        return answer.data.result


class Alertmanager:
    """What fires now."""

    def __init__(self, client: httpx.AsyncClient, url: str, auth: httpx.Auth | None = None) -> None:
        """Ask the server at *url* through *client*, signed in by *auth* if it asks for that."""
        self._client, self._url, self._auth = client, url, auth

    async def alerts(self) -> tuple[Alert, ...]:
        """Return the alerts that are for people, the most urgent and then the newest first."""
        content = await _ask(
            self._client, "Alertmanager", "GET", f"{self._url}/api/v2/alerts", auth=self._auth
        )
        answers: list[_AlertAnswer] = _decoded("Alertmanager", _alerts, content)
        found = [
            Alert(each.labels, each.annotations, each.startsAt.timestamp(), each.status.state == "suppressed")
            for each in answers
            if each.labels.get("severity") != "none"
        ]
        order = {"critical": 0, "warning": 1}
        return tuple(
            sorted(found, key=lambda alert: (alert.muted, order.get(alert.severity, 2), -alert.since))
        )


class Elasticsearch:
    """Log records."""

    def __init__(self, client: httpx.AsyncClient, url: str, index: str, user: str, password: str) -> None:
        """Ask the data stream *index* of the server at *url* through *client*."""
        self._client, self._url, self._index = client, url, index
        self._auth = httpx.BasicAuth(user, password)

    async def search(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the sources of the records that a search finds, in its order."""
        url = f"{self._url}/{self._index}/_search?ignore_unavailable=true&allow_no_indices=true"
        content = await _ask(self._client, "Elasticsearch", "POST", url, json=body, auth=self._auth)
        answer = _decoded("Elasticsearch", _anything, content)
        try:
            return [hit["_source"] for hit in answer["hits"]["hits"]]
        except (KeyError, TypeError) as error:
            raise SourceError("Elasticsearch answers something that is not its API.") from error


class Inbox:
    """The demo's notifications, as people would have received them."""

    def __init__(self, client: httpx.AsyncClient, url: str) -> None:
        """Ask the demo's inbox at *url* through *client*."""
        self._client, self._url = client, url

    async def messages(self) -> list[dict[str, Any]]:
        """Return the messages, the newest first."""
        content = await _ask(self._client, "Inbox", "GET", f"{self._url}/messages")
        found = _decoded("Inbox", _anything, content)
        messages = found.get("messages", []) if isinstance(found, dict) else found
        return [message for message in messages if isinstance(message, dict)]


def utc(time: float) -> datetime:
    """Return a Unix time as a moment in UTC."""
    return datetime.fromtimestamp(time, tz=UTC)
