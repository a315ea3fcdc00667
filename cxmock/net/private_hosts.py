"""Runs a program that sees another file in place of ``/etc/hosts``: ``private_hosts.py FILE PROGRAM [ARGUMENT ...]``.

It runs alone, as a script, with the standard library only, and becomes the program. The file is mounted over
``/etc/hosts`` in a mount namespace of its own; an ordinary user gets a user namespace for it, and stays who he is.
Whoever may not (many containers) is told so by the exit code 125, before anything was run.
"""

from __future__ import annotations

import ctypes
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

HOSTS = "/etc/hosts"
DENIED = 125
_NEW_MOUNTS, _NEW_USER = 0x20000, 0x10000000
_BIND, _RECURSIVE, _PRIVATE = 0x1000, 0x4000, 0x40000


def main(file: str, *command: str) -> None:
    """Mount ``file`` over ``/etc/hosts`` and become ``command``."""
    try:
        _mount(file)
    except OSError as error:
        _end(DENIED, f"{HOSTS} cannot be replaced: {error}")
    try:
        os.execvp(command[0], command)
    except FileNotFoundError:
        _end(127, f"There is no program {command[0]}.")
    except OSError as error:
        _end(126, f"{command[0]} cannot be run: {error.strerror}")


def _end(code: int, text: str) -> NoReturn:
    sys.stderr.write(f"{text}\n")
    raise SystemExit(code)


def unshare(what: int) -> None:
    """Leave namespaces for new ones of this process alone; an ordinary user gets a user namespace for it.

    Args:
        what: flags of the system call.

    Raises:
        OSError: the system does not allow it.
    """
    user, group = os.getuid(), os.getgid()
    library = ctypes.CDLL(None, use_errno=True)
    _check(library.unshare(what | (_NEW_USER if user else 0)))
    if user:
        for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
            with open(f"/proc/self/{name}", "w") as place:  # noqa: PTH123 (as little as possible is imported)
                place.write(text)


def _mount(file: str) -> None:
    unshare(_NEW_MOUNTS)
    library = ctypes.CDLL(None, use_errno=True)
    # Else the mount might be seen outside.
    _check(library.mount(b"none", b"/", None, _RECURSIVE | _PRIVATE, None))
    _check(library.mount(file.encode(), HOSTS.encode(), None, _BIND, None))


def _check(result: int) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


if __name__ == "__main__":
    main(*sys.argv[1:])
