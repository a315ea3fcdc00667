"""What is said about the command that ``cxmock run`` is to run."""

from __future__ import annotations

from cxmock.errors.base import CxmockError

EXAMPLE = "cxmock run -- pytest tests/integration"


class NoCommand(CxmockError):
    """There is nothing to run.

    >>> print(NoCommand())
    There is no command to run.
      expected: cxmock run -- pytest tests/integration
      fix:      Add the command, after two dashes. To have a testbed without one, use cxmock up.
    """

    def __init__(self) -> None:
        super().__init__(
            "There is no command to run.",
            expected=EXAMPLE,
            fix="Add the command, after two dashes. To have a testbed without one, use cxmock up.",
        )


class CommandMissing(CxmockError):
    """The command is no program.

    >>> print(CommandMissing("pytets"))
    There is no program "pytets" that could be run.
      expected: A program on the PATH, or the path of one, like cxmock run -- pytest tests/integration
      fix:      Check its name. What a shell knows by itself (cd, an alias) needs one: cxmock run -- sh -c "..."
    """

    def __init__(self, name: str) -> None:
        super().__init__(
            f'There is no program "{name}" that could be run.',
            expected=f"A program on the PATH, or the path of one, like {EXAMPLE}",
            fix='Check its name. What a shell knows by itself (cd, an alias) needs one: cxmock run -- sh -c "..."',
        )
