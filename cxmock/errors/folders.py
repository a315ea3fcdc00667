"""What is said when a testbed's files have no place."""

from __future__ import annotations

from cxmock.errors.base import CxmockError


class NoPlace(CxmockError):
    """The folder in which a testbed is to keep its files cannot be used, or is full.

    >>> print(NoPlace("/dev/shm", "No space left on device", 0))
    The testbed's files have no place in /dev/shm: No space left on device.
      expected: A folder that this user may write to, with 128 MB free; there are 0 MB.
      fix:      Make room there, or name another folder: CXMOCK_TMPDIR=FOLDER.
    """

    def __init__(self, folder: str, reason: str, free: int | None) -> None:
        known = "" if free is None else f"; there are {free // 2**20} MB"
        super().__init__(
            f"The testbed's files have no place in {folder}: {reason}.",
            expected=f"A folder that this user may write to, with 128 MB free{known}.",
            fix="Make room there, or name another folder: CXMOCK_TMPDIR=FOLDER.",
        )


class NotOnWindows(CxmockError):
    """This is Windows.

    >>> print(NotOnWindows())
    cxmock does not run on Windows itself.
      expected: Linux or macOS; the Windows Subsystem for Linux is one.
      why:      It keeps files where no link leads out of, and ends all its processes, in ways that only these have.
      fix:      wsl --install, and inside: pip install cxmock.
    """

    def __init__(self) -> None:
        super().__init__(
            "cxmock does not run on Windows itself.",
            expected="Linux or macOS; the Windows Subsystem for Linux is one.",
            why="It keeps files where no link leads out of, and ends all its processes, in ways that only these have.",
            fix="wsl --install, and inside: pip install cxmock.",
        )
