"""What is said when a child process does not start, does not get ready, or dies."""

from __future__ import annotations

from cxmock.errors.base import CxmockError


class CannotStart(CxmockError):
    """A program could not be executed.

    >>> print(CannotStart("postgres", "/opt/pg/bin/postgres", "Permission denied"))
    postgres could not be started: /opt/pg/bin/postgres: Permission denied.
      expected: A program that this user may execute.
      fix:      Check the file and the rights on its folders, or install the package that brings it again.
    """

    def __init__(self, name: str, program: str, reason: str) -> None:
        super().__init__(
            f"{name} could not be started: {program}: {reason}.",
            expected="A program that this user may execute.",
            fix="Check the file and the rights on its folders, or install the package that brings it again.",
        )


class PartDied(CxmockError):
    """A child process ended though nobody stopped it.

    >>> print(PartDied("redis", -9, ["ready", "out of memory"], "/run/redis.log"))
    redis died: killed by signal 9 (SIGKILL).
      expected: It runs until the testbed stops it. The last it said:
                ready
                out of memory
      fix:      Start the testbed again; if it dies again, the reason is above (while it runs: /run/redis.log).
    """

    def __init__(self, name: str, status: int, last: list[str], log: str) -> None:
        super().__init__(
            f"{name} died: {_end(status)}.",
            expected="It runs until the testbed stops it. The last it said:\n" + _said(last),
            fix=f"Start the testbed again; if it dies again, the reason is above (while it runs: {log}).",
        )
        self.name = name
        self.status = status


class PartNotReady(CxmockError):
    """A child process runs but does not answer.

    >>> print(PartNotReady("postgres", 10.0, []))
    postgres was started but did not answer within 10 s.
      expected: An answer soon after its start. The last it said:
                nothing.
      fix:      See whether the machine is very busy or out of memory, then start the testbed again.
    """

    def __init__(self, name: str, within: float, last: list[str]) -> None:
        super().__init__(
            f"{name} was started but did not answer within {within:g} s.",
            expected="An answer soon after its start. The last it said:\n" + _said(last),
            fix="See whether the machine is very busy or out of memory, then start the testbed again.",
        )


def _said(last: list[str]) -> str:
    return "\n".join(last) or "nothing."


def _end(status: int) -> str:
    """Say how a process ended.

    >>> _end(1), _end(-15)
    ('exit status 1', 'killed by signal 15 (SIGTERM)')
    """
    if status >= 0:
        return f"exit status {status}"
    from signal import Signals

    try:
        return f"killed by signal {-status} ({Signals(-status).name})"
    except ValueError:
        return f"killed by signal {-status}"
