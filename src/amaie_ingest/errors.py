"""What can go wrong: with a record, and with the shipper itself."""

from __future__ import annotations


class Broken(Exception):  # noqa: N818 (it describes a record, the shipper itself is well)
    """A record breaks the contract: the reason of `spec/logs.yaml` and the field it is about."""

    def __init__(self, reason: str, detail: str = "") -> None:
        """Keep the reason and the name of the field."""
        super().__init__(f"{reason} {detail}".rstrip())
        self.reason = reason
        self.detail = detail


class IngestError(Exception):
    """The shipper cannot go on; the text says why and what to do, in one sentence."""
