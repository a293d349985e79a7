"""The one error that an operator sees."""

from __future__ import annotations


class StackError(Exception):
    """Something the operator can put right."""

    def __init__(self, *problems: str) -> None:
        """Take the problems: one sentence each, with its cure."""
        super().__init__("\n".join(problems))
        self.problems = problems
