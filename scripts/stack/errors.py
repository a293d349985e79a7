"""The one error that an operator sees."""

from __future__ import annotations


class StackError(Exception):
    """Something the operator can put right.

    Args:
        problems: One sentence each, with its cure.
    """

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
