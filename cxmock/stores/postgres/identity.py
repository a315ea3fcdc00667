"""As whom the server runs: PostgreSQL refuses to run as root."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from cxmock.errors.stores import UserWithoutName

NOBODY = 65534
"""A user id that exists everywhere and owns nothing."""


@dataclass(frozen=True, slots=True)
class Identity:
    """As whom, and how to become it."""

    user: int | None
    """The user and group id to run as; None for ours."""
    prefix: tuple[str, ...] = ()
    """What goes before the command."""

    def own(self, folder: Path) -> None:
        """Make a private folder for it."""
        folder.mkdir(mode=0o700, exist_ok=True)
        if self.user is not None:
            os.chown(folder, self.user, self.user)


def choose(programs: Path, folder: Path) -> Identity:
    """Return as whom the ``programs`` can run with their data under ``folder``.

    For an ordinary user that is the user. Root becomes nobody if nobody may reach both; else it stays who it is in a
    user namespace without names, where it is not taken for root. So does a user whose number has no name, as containers
    may be run with: ``initdb`` refuses to work for one. No system user is created, no rights are changed.

    Raises:
        UserWithoutName: there is no such namespace for a user without a name.
    """
    user = os.geteuid()
    if user != 0 and _named(user):
        return Identity(None)
    unshare = shutil.which("unshare")
    if user != 0:
        if unshare is None or subprocess.run([unshare, "--user", "true"], capture_output=True, check=False).returncode:
            raise UserWithoutName(user)
        return Identity(None, (unshare, "--user"))
    if all(_passable(one) for path in (programs, folder) for one in (path, *path.resolve().parents)):
        return Identity(NOBODY)
    return Identity(None, (unshare, "--user")) if unshare is not None else Identity(NOBODY)


def _named(user: int) -> bool:
    try:
        pwd.getpwuid(user)
    except KeyError:
        return False
    return True


def _passable(path: Path) -> bool:
    return bool(path.stat().st_mode & stat.S_IXOTH)
