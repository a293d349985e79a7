"""The outside world of the demo: a local inbox that stands in for PagerDuty, Slack, SNS, mail and a watchman.

    python -m amaie_demo.inbox

HTTP (8025):  POST /v2/enqueue (PagerDuty), /slack, /sns, /heartbeat, /webhook/<name>
              GET /messages (JSON, newest first), / (for people), /attempts, /healthz
              POST /fault {"channel": "slack", "status": 500, "hang": 20}; {"channel": "slack"} heals it
SMTP (2525):  takes every mail

It keeps the last messages in memory, asks for no credentials, and is no part of a production stack.
"""

from __future__ import annotations

import asyncio
import html
import os
import socket
import threading
from collections import Counter, deque
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import uvicorn
from aiosmtpd.smtp import SMTP
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from amaie_demo import inbox_formats as formats

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping

    from aiosmtpd.smtp import Envelope, Session
    from starlette.requests import Request

    Endpoint = Callable[[Request], Awaitable[Response]]

KEPT = 500
EVERYWHERE = "0.0.0.0"  # noqa: S104 - inside its container; compose publishes it on 127.0.0.1 only
ANSWERED = 400
"""From this status on, an answer means that the message was not taken."""

SNS_ANSWER = """<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">
<PublishResult><MessageId>{0}</MessageId></PublishResult>
<ResponseMetadata><RequestId>{0}</RequestId></ResponseMetadata></PublishResponse>"""

SNS_MESSAGE_ID = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True)
class Fault:
    """How a channel misbehaves: it waits `hang` seconds, then answers with an HTTP status."""

    status: int = 200
    hang: float = 0


class Inbox:
    """Receives notifications on sockets that are open from the start; port 0 picks a free one."""

    def __init__(
        self,
        host: str = EVERYWHERE,
        http_port: int = 8025,
        smtp_port: int = 2525,
        faults: Mapping[str, Fault] | None = None,
    ) -> None:
        """Open both ports; `OSError` says which one is taken."""
        self._http = socket.create_server((host, http_port))
        self._smtp = socket.create_server((host, smtp_port))
        self.http_port: int = self._http.getsockname()[1]
        self.smtp_port: int = self._smtp.getsockname()[1]
        self.faults = dict(faults or {})
        self.attempts: Counter[tuple[str, int]] = Counter()  # (channel, status) -> how often
        self._kept: deque[formats.Message] = deque(maxlen=KEPT)
        config = uvicorn.Config(
            Starlette(routes=self._routes()),
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)

    def messages(self, channel: str | None = None) -> list[formats.Message]:
        """Return what was received, newest first, of one channel or of all."""
        return [message for message in reversed(self._kept) if channel in (None, message.channel)]

    async def serve(self) -> None:
        """Receive until a signal comes."""
        loop = asyncio.get_running_loop()
        smtp = await loop.create_server(
            lambda: SMTP(_Mail(self), hostname="inbox", enable_SMTPUTF8=True, loop=loop), sock=self._smtp
        )
        try:
            await self._server.serve(sockets=[self._http])
        finally:
            smtp.close()

    @contextmanager
    def running(self) -> Iterator[Inbox]:
        """Serve from a thread of its own for the length of a `with` block."""
        thread = threading.Thread(target=lambda: asyncio.run(self.serve()), name="inbox")
        thread.start()
        try:
            yield self
        finally:
            self._server.should_exit = True
            thread.join()

    async def receive(self, read: Callable[[bytes], formats.Message], channel: str, body: bytes) -> int:
        """Take a body in, unless the channel's fault forbids it, and return the HTTP status."""
        fault = self.faults.get(channel, Fault())
        if fault.hang:
            await asyncio.sleep(fault.hang)
        self.attempts[channel, fault.status] += 1
        if fault.status < ANSWERED:
            self._kept.append(read(body))
        return fault.status

    def _routes(self) -> list[Route]:
        return [
            Route("/", self._page),
            Route("/healthz", lambda _: PlainTextResponse("ok")),
            Route("/messages", self._list),
            Route("/attempts", self._attempts),
            Route("/fault", self._fault, methods=["POST"]),
            _post("/v2/enqueue", self._taker("pagerduty", formats.pagerduty, _pagerduty_answer)),
            _post("/slack", self._taker("slack", formats.slack, lambda _: PlainTextResponse("ok"))),
            _post("/sns", self._taker("sms", formats.sns, _sns_answer)),
            _post("/sns/", self._taker("sms", formats.sns, _sns_answer)),
            _post("/heartbeat", self._taker("heartbeat", formats.webhook("heartbeat"), _empty)),
            _post("/webhook/{name}", self._webhook),
        ]

    def _taker(
        self,
        channel: str,
        read: Callable[[bytes], formats.Message],
        answer: Callable[[bytes], Response],
    ) -> Endpoint:
        async def take(request: Request) -> Response:
            body = await request.body()
            try:
                status = await self.receive(read, channel, body)
            except formats.FormatError as error:
                problem = {
                    "status": "invalid event",
                    "message": "Event object is invalid",
                    "errors": [str(error)],
                }
                return JSONResponse(problem, status_code=400)
            return answer(body) if status < ANSWERED else PlainTextResponse("fault", status_code=status)

        return take

    async def _webhook(self, request: Request) -> Response:
        name = request.path_params["name"]
        return await self._taker(name, formats.webhook(name), _empty)(request)

    async def _list(self, request: Request) -> Response:
        found = self.messages(request.query_params.get("channel"))
        return JSONResponse([message.as_dict() for message in found])

    async def _attempts(self, _: Request) -> Response:
        counted: dict[str, dict[str, int]] = {}
        for (channel, status), count in sorted(self.attempts.items()):
            counted.setdefault(channel, {})[str(status)] = count
        return JSONResponse(counted)

    async def _fault(self, request: Request) -> Response:
        wanted: dict[str, Any] = await request.json()
        channel = wanted.pop("channel")
        self.faults.pop(channel, None)
        if wanted:
            self.faults[channel] = Fault(**wanted)
        return JSONResponse({"channel": channel, "fault": wanted or None})

    async def _page(self, _: Request) -> Response:
        return HTMLResponse(_as_page(self.messages()))


class _Mail:
    """Gives the mails of the SMTP server to the inbox; the names are aiosmtpd's."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a mail, or answer with SMTP's word for the fault."""
        status = await self._inbox.receive(formats.mail, "email", envelope.original_content or b"")
        if status < ANSWERED:
            return "250 OK"
        return "451 too many messages, try later" if status == 429 else "554 transaction failed"  # noqa: PLR2004


def _post(path: str, endpoint: Endpoint) -> Route:
    return Route(path, endpoint, methods=["POST"])


def _pagerduty_answer(_: bytes) -> Response:
    return JSONResponse({"status": "success", "message": "Event processed"}, status_code=202)


def _sns_answer(_: bytes) -> Response:
    return Response(SNS_ANSWER.format(SNS_MESSAGE_ID), media_type="text/xml")


def _empty(_: bytes) -> Response:
    return Response(status_code=204)


def _as_page(messages: list[formats.Message]) -> str:
    rows = "".join(
        f"<tr><td>{message.received_at}<td>{html.escape(message.channel)}<td><b>{html.escape(message.title)}</b>"
        f"<pre>{html.escape(message.body)}</pre>{_as_links(message.links)}"
        for message in messages
    )
    return (
        '<!DOCTYPE html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="5">'
        "<title>AMAIE inbox</title><style>body{font-family:sans-serif}td{vertical-align:top;padding:.4em 1em}"
        f"</style><h1>What the on-call trader receives</h1><table>{rows}</table>"
    )


def _as_links(links: dict[str, str]) -> str:
    return " · ".join(
        f'<a href="{html.escape(address)}">{html.escape(text)}</a>'
        for text, address in links.items()
        if address.startswith(("http://", "https://"))
    )


def main() -> None:
    """Serve on the ports of the environment (`INBOX_HTTP_PORT`, `INBOX_SMTP_PORT`)."""
    inbox = Inbox(
        http_port=int(os.environ.get("INBOX_HTTP_PORT", "8025")),
        smtp_port=int(os.environ.get("INBOX_SMTP_PORT", "2525")),
    )
    asyncio.run(inbox.serve())


if __name__ == "__main__":
    main()
