"""The inbox takes what the providers take, shows it, and fails on demand."""

from __future__ import annotations

import smtplib
import time
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from amaie_demo import inbox as module
from amaie_demo.inbox import Fault, Inbox

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = {
    "routing_key": "key",
    "event_action": "trigger",
    "payload": {"summary": "[CRITICAL] Loss", "source": "amaie", "custom_details": {"firing": "details"}},
    "links": [{"href": "http://g/d/x", "text": "Dashboard"}],
}
CHAT = {
    "channel": "#a",
    "attachments": [
        {
            "title": "[WARNING] Slow",
            "color": "warning",
            "text": "*Slow*\n<http://g/1|Dashboard> · <http://k|Logs>",
        }
    ],
}


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    """Yield an inbox that receives on free ports of loopback."""
    with Inbox("127.0.0.1", 0, 0).running() as running:
        yield running


@pytest.fixture
def client(inbox: Inbox) -> Iterator[httpx.Client]:
    """Yield a client of the inbox."""
    with httpx.Client(base_url=f"http://127.0.0.1:{inbox.http_port}", timeout=10) as client:
        yield client


def _send_mail(inbox: Inbox, subject: str = "[WARNING] Slow", text: str = "Runbook:   http://l/r\n") -> None:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = subject, "a@x.example", "b@x.example"
    mail.set_content(text)
    mail.add_alternative("<p>html</p>", subtype="html")
    with smtplib.SMTP("127.0.0.1", inbox.smtp_port, timeout=10) as server:
        server.send_message(mail)


def _newest(client: httpx.Client) -> dict[str, Any]:
    newest: dict[str, Any] = client.get("/messages").json()[0]
    return newest


def test_a_page_is_taken_as_pagerduty_takes_it(client: httpx.Client) -> None:
    """An event of the Events API v2 is answered with 202 and shown with its links."""
    answer = client.post("/v2/enqueue", json=PAGE)
    assert answer.status_code == 202
    assert answer.json() == {"status": "success", "message": "Event processed"}
    shown = _newest(client)
    assert shown.pop("received_at")
    assert shown == {
        "channel": "pagerduty",
        "status": "firing",
        "title": "[CRITICAL] Loss",
        "body": "details",
        "links": {"Dashboard": "http://g/d/x"},
        "raw": PAGE,
    }


def test_the_end_of_a_page_is_seen_as_such(client: httpx.Client) -> None:
    """A resolve event is shown as resolved."""
    client.post("/v2/enqueue", json=PAGE | {"event_action": "resolve"})
    assert _newest(client)["status"] == "resolved"


@pytest.mark.parametrize(
    ("event", "error"),
    [
        ({**PAGE, "routing_key": ""}, "'routing_key' is missing or blank"),
        ({**PAGE, "payload": {"source": "amaie"}}, "'summary' is missing or blank"),
        ({}, "'routing_key' is missing or blank"),
        ([], "the body is not a JSON object"),
    ],
)
def test_a_page_that_pagerduty_would_refuse_is_refused(
    client: httpx.Client, event: object, error: str
) -> None:
    """An incomplete event is answered with 400 and its reason, and is not shown."""
    answer = client.post("/v2/enqueue", json=event)
    assert answer.status_code == 400
    assert answer.json() == {
        "status": "invalid event",
        "message": "Event object is invalid",
        "errors": [error],
    }
    assert client.get("/messages").json() == []


def test_a_body_that_is_no_json_is_refused(client: httpx.Client) -> None:
    """Garbage gets a 400, not a crash."""
    answer = client.post("/slack", content=b"{")
    assert answer.status_code == 400
    assert answer.json()["errors"][0].startswith("the body is not JSON: ")


def test_a_chat_message_is_taken_as_slack_takes_it(client: httpx.Client) -> None:
    """A webhook call is answered with "ok" and shown with the links of its text."""
    answer = client.post("/slack", json=CHAT)
    assert (answer.status_code, answer.text) == (200, "ok")
    shown = _newest(client)
    assert (shown["channel"], shown["status"], shown["title"]) == ("slack", "firing", "[WARNING] Slow")
    assert shown["links"] == {"Dashboard": "http://g/1", "Logs": "http://k"}


def test_a_chat_message_without_a_notification_is_refused(client: httpx.Client) -> None:
    """Slack refuses an empty message, and so does the inbox."""
    assert client.post("/slack", json={"channel": "#a"}).status_code == 400


def test_a_text_message_is_taken_as_sns_takes_it(client: httpx.Client) -> None:
    """A Publish call is answered with a message id in XML; its first address is the link."""
    text = "AMAIE CRITICAL Loss http://l/runbooks/Loss"
    answer = client.post("/sns", data={"Action": "Publish", "Message": text, "TopicArn": "arn"})
    assert answer.status_code == 200
    assert "<MessageId>" in answer.text
    shown = _newest(client)
    assert (shown["channel"], shown["status"], shown["title"]) == ("sms", "firing", text)
    assert shown["links"] == {"Runbook": "http://l/runbooks/Loss"}


@pytest.mark.parametrize("form", [{"Action": "Subscribe", "Message": "x"}, {"Action": "Publish"}])
def test_another_call_of_sns_is_refused(client: httpx.Client, form: dict[str, str]) -> None:
    """Only Publish with a message is taken."""
    assert client.post("/sns", data=form).status_code == 400


def test_a_mail_is_taken_with_both_its_parts(inbox: Inbox, client: httpx.Client) -> None:
    """Subject, text, links and HTML of a mail over SMTP are shown."""
    _send_mail(inbox)
    shown = _newest(client)
    assert (shown["channel"], shown["status"], shown["title"]) == ("email", "firing", "[WARNING] Slow")
    assert shown["body"] == "Runbook:   http://l/r\n"
    assert shown["links"] == {"Runbook": "http://l/r"}
    assert shown["raw"]["html"] == "<p>html</p>\n"
    assert shown["raw"]["headers"]["To"] == "b@x.example"


def test_heartbeat_and_webhook_take_alertmanagers_own_format(client: httpx.Client) -> None:
    """The channel of a webhook is the name in its path."""
    annotations = {"summary": "Fine.", "runbook_url": "http://l/r"}
    group = {
        "status": "firing",
        "alerts": [{"labels": {"alertname": "Watchdog"}, "annotations": annotations}],
    }
    assert client.post("/heartbeat", json=group).status_code == 204
    assert client.post("/webhook/audit", json=group).status_code == 204
    first, second = client.get("/messages").json()
    assert (first["channel"], second["channel"]) == ("audit", "heartbeat")
    assert (first["title"], first["body"], first["links"]) == ("Watchdog", "Fine.", {"Runbook": "http://l/r"})


def test_messages_are_newest_first_and_can_be_filtered(client: httpx.Client) -> None:
    """One channel's messages can be asked for."""
    client.post("/slack", json=CHAT)
    client.post("/v2/enqueue", json=PAGE)
    assert [one["channel"] for one in client.get("/messages").json()] == ["pagerduty", "slack"]
    assert [one["channel"] for one in client.get("/messages?channel=slack").json()] == ["slack"]


def test_only_the_last_messages_are_kept(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long demo does not fill the memory."""
    monkeypatch.setattr(module, "KEPT", 3)
    with Inbox("127.0.0.1", 0, 0).running() as small:
        for number in range(5):
            page = PAGE | {"payload": {"summary": str(number), "source": "amaie"}}
            client.post(f"http://127.0.0.1:{small.http_port}/v2/enqueue", json=page)
        assert [message.title for message in small.messages()] == ["4", "3", "2"]


@pytest.mark.parametrize("status", [429, 500])
def test_a_faulty_channel_answers_with_its_status_and_takes_nothing(
    client: httpx.Client, status: int
) -> None:
    """A fault hits its channel only, every attempt is counted, and it can be healed."""
    client.post("/fault", json={"channel": "slack", "status": status})
    assert client.post("/slack", json=CHAT).status_code == status
    assert client.post("/v2/enqueue", json=PAGE).status_code == 202
    client.post("/fault", json={"channel": "slack"})
    assert client.post("/slack", json=CHAT).status_code == 200
    assert [one["channel"] for one in client.get("/messages").json()] == ["slack", "pagerduty"]
    assert client.get("/attempts").json() == {"pagerduty": {"200": 1}, "slack": {"200": 1, str(status): 1}}


def test_a_hanging_channel_hangs_alone(client: httpx.Client) -> None:
    """While one channel hangs, the others answer."""
    client.post("/fault", json={"channel": "slack", "hang": 30})
    with pytest.raises(httpx.ReadTimeout):
        client.post("/slack", json=CHAT, timeout=0.3)
    assert client.post("/v2/enqueue", json=PAGE).status_code == 202


@pytest.mark.parametrize(
    ("status", "code", "text"),
    [(500, 554, b"transaction failed"), (429, 451, b"too many messages, try later")],
)
def test_a_faulty_mail_server_speaks_smtp(status: int, code: int, text: bytes) -> None:
    """A fault of the mail channel is told in SMTP's codes: for ever, or try later."""
    faults = {"email": Fault(status=status)}
    with Inbox("127.0.0.1", 0, 0, faults).running() as inbox, pytest.raises(smtplib.SMTPDataError) as refused:
        _send_mail(inbox)
    assert refused.value.args == (code, text)


def test_the_page_for_people_shows_messages_as_text(inbox: Inbox, client: httpx.Client) -> None:
    """A message that looks like HTML cannot act in the browser."""
    _send_mail(inbox, subject="<script>alert(1)</script>", text="Logs: http://k/?a=1&b=2\n")
    page = client.get("/").text
    assert "&lt;script&gt;" in page
    assert "<script>" not in page
    assert '<a href="http://k/?a=1&amp;b=2">Logs</a>' in page


def test_a_link_that_is_no_address_is_not_made_clickable(client: httpx.Client) -> None:
    """Only http and https addresses become links of the page."""
    bad = [{"href": "javascript:alert(1)", "text": "Dashboard"}]
    client.post("/v2/enqueue", json=PAGE | {"links": bad})
    assert "javascript:" not in client.get("/").text


def test_it_says_that_it_is_healthy(client: httpx.Client) -> None:
    """The health check of the container answers at once."""
    answer = client.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok")


def test_a_taken_port_is_said_at_once(inbox: Inbox) -> None:
    """A second inbox on the same port fails when it is made, not later."""
    with pytest.raises(OSError, match="Address already in use"):
        Inbox("127.0.0.1", inbox.http_port, 0)


def test_it_stops_while_a_channel_hangs(client: httpx.Client) -> None:
    """A hanging request does not keep the inbox from ending."""
    started = time.monotonic()
    with (
        Inbox("127.0.0.1", 0, 0, {"slack": Fault(hang=600)}).running() as hanging,
        pytest.raises(httpx.ReadTimeout),
    ):
        client.post(f"http://127.0.0.1:{hanging.http_port}/slack", json=CHAT, timeout=0.2)
    assert time.monotonic() - started < 60
