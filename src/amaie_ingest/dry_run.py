"""A dry run: documents are counted, and the first of each kind of rejection is shown; nothing is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from amaie_ingest.bulk import Counts, Operation, count

if TYPE_CHECKING:
    from collections.abc import Sequence

EXAMPLES_PER_REASON = 3
SHOWN_CHARS = 160


class DryRun:
    """Takes documents as a `Sender` does and keeps some of the rejected ones to show."""

    def __init__(self) -> None:
        """Start with nothing."""
        self.examples: list[str] = []
        self._shown = Counts()

    def send(self, operations: Sequence[Operation]) -> Counts:
        """Count documents."""
        counts = Counts()
        for operation in operations:
            count(operation, counts)
            if operation.reason and self._shown.rejected.get(operation.reason, 0) < EXAMPLES_PER_REASON:
                self._shown.reject(operation.reason)
                self.examples.append(_shown(operation))
        return counts


def _shown(operation: Operation) -> str:
    body = msgspec.json.decode(operation.body)
    about = f" ({body['detail']})" if "detail" in body else ""
    return f"{body['source']}: {operation.reason}{about}: {body['record'][:SHOWN_CHARS]}"
