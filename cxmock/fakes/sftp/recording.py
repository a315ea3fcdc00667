"""What clients' operations become in the journal: the same facts over SFTP and FTP.

The shapes, which contracts of the transports ``sftp`` and ``ftp`` use as well:

==================================================  ===========================================================
request                                             response
==================================================  ===========================================================
``{"op": "login", "user": "cxcontact"}``            ``{"user": "cxcontact", "method": "password"}``
``{"op": "list", "path": "/in"}``                   ``{"names": ["leads.csv"]}``
``{"op": "stat", "path": "/in/leads.csv"}``         ``{"kind": "file", "size": 512}``
``{"op": "read", "path": "/in/leads.csv"}``         ``{"size": 512, "sha256": "...", "text": "..."}``
``{"op": "write", "path": "/out/done.csv"}``        the same, of the file as it is then
``{"op": "rename", "path": "/a", "to": "/b"}``      ``{}``
``{"op": "remove" / "mkdir" / "rmdir", "path"}``    ``{}``
any                                                 ``{"error": "NO_SUCH_FILE", "message": "..."}``
==================================================  ===========================================================

A read or write is one exchange, when the file is closed (:meth:`OpenFile.finish` tells its facts in full). Errors have
the names of SFTP version 3 over both protocols, and two of our own: LOGIN_REFUSED and INCOMPLETE. Setting permissions
and times is no exchange, and no password is ever among the facts.
"""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from cxmock.fakes.sftp.folder import clean
from cxmock.fakes.sftp.opened import OpenFile
from cxmock.journal import Journal
from cxmock.serving.guard import Guard, told

CONNECTION = 2

_ERRORS = {
    errno.ENOENT: "NO_SUCH_FILE",
    errno.ENOTDIR: "NO_SUCH_FILE",
    errno.ELOOP: "NO_SUCH_FILE",
    errno.EACCES: "PERMISSION_DENIED",
    errno.EPERM: "PERMISSION_DENIED",
    errno.EOPNOTSUPP: "OP_UNSUPPORTED",
}


class Recorder:
    """Writes one protocol's operations into the journal.

    Args:
        journal: where to.
        transport: ``sftp`` or ``ftp``.
        guard: asked before an operation is performed.
    """

    def __init__(self, journal: Journal, transport: str, guard: Guard) -> None:
        self._journal = journal
        self._transport = transport
        self._guard = guard

    def check(self, op: str, path: str, to: str | None = None) -> None:
        """Let an operation pass, unless the connection is strict and nobody promised it.

        Raises:
            Unpromised: it is not to be performed.
        """
        if self._guard:
            request = _request(op, path, to)
            operation = f"{op} {request['path']}"
            if (why := self._guard.refusal(CONNECTION, self._transport, operation, request)) is not None:
                raise Unpromised(told(why))

    def login(self, user: str, method: str, seconds: float, *, accepted: bool, secure: bool) -> None:
        """Record that somebody logged in, or was refused."""
        user = printable(user)
        self._journal.record(
            CONNECTION,
            self._transport,
            f"login {user}" if accepted else f"login refused {user}",
            {"op": "login", "user": user},
            {"user": user, "method": method} if accepted else {"error": "LOGIN_REFUSED", "method": method},
            seconds=seconds,
            ok=accepted,
            source=user,
            secure=secure,
        )

    def operation(
        self,
        op: str,
        path: str,
        response: Mapping[str, Any],
        seconds: float,
        *,
        user: str,
        secure: bool,
        to: str | None = None,
    ) -> None:
        """Record an operation that has just ended; a response with an ``error`` is a failure."""
        request = _request(op, path, to)
        self._journal.record(
            CONNECTION,
            self._transport,
            f"{op} {request['path']}",
            request,
            response,
            seconds=seconds,
            ok="error" not in response,
            source=printable(user),
            secure=secure,
        )

    def transfer(self, file: OpenFile, *, complete: bool, user: str, secure: bool) -> None:
        """Close a file and record its reading or writing; not ``complete`` if the client was cut off."""
        facts = file.finish(complete=complete)
        seconds = time.perf_counter() - file.began
        self.operation("write" if file.writing else "read", file.path, facts, seconds, user=user, secure=secure)

    @contextmanager
    def doing(self, op: str, path: str, *, user: str, secure: bool, to: str | None = None) -> Iterator[dict[str, Any]]:
        """Record what happens inside as one operation; fill the yielded response. An ``OSError`` goes on."""
        began = time.perf_counter()
        response: dict[str, Any] = {}
        try:
            self.check(op, path, to)
            yield response
        except OSError as error:
            response = failure(error)
            raise
        finally:
            self.operation(op, path, response, time.perf_counter() - began, user=user, secure=secure, to=to)


class Unpromised(OSError):
    """An operation is refused, since nobody promised an answer to it; the text explains."""

    def __init__(self, text: str) -> None:
        super().__init__(errno.ECANCELED, text)


def _request(op: str, path: str, to: str | None) -> dict[str, str]:
    request = {"op": op, "path": printable(clean(path))}
    return request if to is None else {**request, "to": printable(clean(to))}


def failure(error: OSError) -> dict[str, str]:
    """Return the response that stands for ``error``.

    >>> failure(FileNotFoundError(errno.ENOENT, "No such file or directory"))
    {'error': 'NO_SUCH_FILE', 'message': 'No such file or directory'}
    """
    name = _ERRORS.get(error.errno or 0, "FAILURE")
    return {"error": name, "message": error.strerror or str(error)}


def described(status: os.stat_result) -> dict[str, Any]:
    """Return the facts of a file, folder or link."""
    mode = status.st_mode
    if stat.S_ISDIR(mode):
        return {"kind": "folder"}
    return {"kind": "link" if stat.S_ISLNK(mode) else "file", "size": status.st_size}


def printable(text: str) -> str:
    r"""Return ``text`` without what no JSON can carry: bytes of a path that are not UTF-8.

    >>> printable("/in/\udcff.csv")
    '/in/\\xff.csv'
    """
    return text.encode(errors="surrogateescape").decode(errors="backslashreplace")
