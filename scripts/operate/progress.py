"""Progress for whatever takes longer than two seconds: a spinner on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Progress:
    """Tells on one stream what is being done and how long it took."""

    def __init__(self, console: Console | None = None) -> None:
        """Write to `console`; standard error by default, so that `--json` output stays clean."""
        self.console = console or Console(stderr=True, highlight=False)

    @contextmanager
    def step(self, text: str) -> Iterator[Callable[[str], None]]:
        """Show `text` while the block runs; yield a function that adds a detail to it."""
        started = time.monotonic()
        if self.console.is_terminal:
            with self.console.status(text) as status:
                yield lambda detail: status.update(f"{text}  [dim]{detail[:80]}[/dim]")
        else:
            self.say(f"{text} …")
            yield lambda _detail: None
        self.say(f"{text}: done in {time.monotonic() - started:.0f} s")

    def say(self, text: str) -> None:
        """Write one line."""
        self.console.print(text, markup=False, soft_wrap=True)
        sys.stderr.flush()
