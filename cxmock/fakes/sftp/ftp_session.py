"""A client's FTP connections, control and data: the half of the adapter to pyftpdlib that deals with clients."""

# What the overridden methods do is told by pyftpdlib, which has no type hints.
# ruff: noqa: D102
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import logging
import posixpath
import select
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

# This first: it keeps quiet about asyncore, which Python has deprecated and pyftpdlib needs.
from pyftpdlib.ioloop import IOLoop  # isort: skip

from OpenSSL import SSL
from pyftpdlib.handlers.ftp.dispatchers import ActiveDTP
from pyftpdlib.handlers.ftps.control import TLS_FTPHandler
from pyftpdlib.handlers.ftps.data import TLS_DTPHandler
from pyftpdlib.servers import FTPServer

from cxmock.fakes.sftp.ftp_files import FtpFiles, Stream
from cxmock.fakes.sftp.recording import Unpromised, described, failure, printable

if TYPE_CHECKING:
    from cxmock.fakes.sftp.ftp import FtpServer

HANG_UP_WITHIN = (0.001, 0.025)
"""Seconds, at least and at most, that the control connection of a dying client may outlive its data connection (0.1 ms
was seen on an idle machine). In between it is as long as the transfer took, so that small files stay fast."""
REPLIES_LIMIT = 1000
"""Replies that wait for a client which takes none, before it is hung up on."""
_LOGGER = logging.getLogger("pyftpdlib")
_OPERATIONS = {
    "PASS": "login",
    "LIST": "list",
    "NLST": "list",
    "MLSD": "list",
    "CWD": "stat",
    "XCWD": "stat",
    "CDUP": "stat",
    "XCUP": "stat",
    "SIZE": "stat",
    "MDTM": "stat",
    "MLST": "stat",
    "STAT": "list",
    "RETR": "read",
    "STOR": "write",
    "APPE": "write",
    "STOU": "write",
    "DELE": "remove",
    "MKD": "mkdir",
    "XMKD": "mkdir",
    "RMD": "rmdir",
    "XRMD": "rmdir",
    "RNFR": "rename",
    "RNTO": "rename",
}
"""Commands that are exchanges, and the names under which the journal has them."""


UNPROMISED = 504
"""The reply to what is refused in strict mode, "command not implemented for that parameter": no client takes it for a
file that is not there."""
_UNGUARDED = frozenset(("PASS", "RNFR"))
"""Commands that always pass: a login, and half a command."""


@dataclass(frozen=True, slots=True)
class _Command:
    """A command that will become an exchange once it is answered."""

    op: str
    path: str
    to: str | None
    began: float


class _Active(ActiveDTP):
    """A data connection on its way to the client, from the documented port if that can be."""

    _handed_over = False
    """Whether the socket belongs to a :class:`_Data` now."""

    def handle_connect(self) -> None:
        super().handle_connect()
        self._handed_over = True

    def close(self) -> None:
        # pyftpdlib closes this once more at the end, when the descriptor's number may be another client's.
        if not self._handed_over:
            super().close()

    def create_socket(self, *kind: int) -> None:
        super().create_socket(*kind)
        assert self.socket is not None
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)

    def connect_af_unspecified(self, addr: tuple[str, int], source_address: tuple[str, int] | None = None) -> Any:
        port = self.cmd_channel.owner.data_port
        if port is not None and source_address is not None:
            with suppress(OSError):
                return super().connect_af_unspecified(addr, (source_address[0], port))
        return super().connect_af_unspecified(addr, source_address)


class _Data(TLS_DTPHandler):
    """A data connection. It knows whether a file came to its end or the client was cut off."""

    _asked = False
    """Whether :meth:`close` has given a dying client its time."""

    def __init__(self, sock: socket.socket, cmd_channel: FtpSession) -> None:
        super().__init__(sock, cmd_channel)
        if not self.connected:
            cmd_channel.data_lost()

    def secure_connection(self, ssl_context: SSL.Context) -> None:
        super().secure_connection(self.cmd_channel.data_context)

    def modify_ioloop_events(self, events: int, logdebug: bool = False) -> None:
        # pyftpdlib would look again and again whether it can write, while the TLS handshake waits for the client.
        waiting = self._ssl_accepting and self._ssl_want_read
        super().modify_ioloop_events(self.ioloop.READ if waiting else events, logdebug)

    def send(self, data: Any) -> int:
        # Of an empty listing pyftpdlib sends no bytes, for which OpenSSL has no answer but an error.
        return int(super().send(data)) if data else 0

    def close(self) -> None:
        if isinstance(self.file_obj, Stream) and not self._closed:
            finished = self.transfer_finished and not _reset(sys.exc_info()[1])
            if finished and self.receive and not self._asked:
                # In FTP the end of the connection is the end of the file, and so is the end of the client: the system
                # closes the connections of a process that is gone one after the other, the latest first.
                self._asked = True
                self.del_channel()
                least, most = HANG_UP_WITHIN
                self.ioloop.call_later(min(max(self.get_elapsed_time(), least), most), self.close)
                return
            self.file_obj.complete = finished and not _hung_up(self.cmd_channel.socket)
            if self.transfer_finished and not self.file_obj.complete:
                self._resp: tuple[Any, ...] = ("426 Connection closed; transfer aborted.", _LOGGER.debug)
        super().close()


class FtpSession(TLS_FTPHandler):
    """A client's control connection: tells the recorder each operation, before the client has the reply."""

    owner: FtpServer
    data_context: SSL.Context
    """How TLS is spoken on data connections."""
    banner = "FTP server ready."
    abstracted_fs = FtpFiles
    active_dtp = _Active
    dtp_handler = _Data
    use_sendfile = False
    fs: FtpFiles | None
    auth_failed_timeout = 0

    def __init__(self, conn: socket.socket, server: FTPServer, ioloop: IOLoop | None = None) -> None:
        self._command: _Command | None = None
        super().__init__(conn, server, ioloop)

    def process_command(self, cmd: str, *args: Any, **kwargs: Any) -> None:
        op = _OPERATIONS.get(cmd)
        path, to = str(args[0]), None
        if cmd == "RNTO" and self._rnfr:
            path, to = self._rnfr, path
        elif cmd == "PASS":
            path = self.username
        self._command = _Command(op, path, to, time.perf_counter()) if op and path else None
        if self.fs is not None:
            self.fs.names = self.fs.failed = None
        if self._command is None or cmd in _UNGUARDED or not self._refused(self._command):
            super().process_command(cmd, *args, **kwargs)

    def _refused(self, command: _Command) -> bool:
        """Refuse a command that nobody promised, where the connection is strict; return whether it was."""
        try:
            self.owner.recorder.check(command.op, command.path, command.to)
        except Unpromised as error:
            self._rnfr = None
            if self.fs is not None:
                self.fs.failed = error
            first, *more = str(error.strerror).splitlines()
            self.respond("\r\n".join([f"{UNPROMISED}-{first}", *(f" {line}" for line in more), f"{UNPROMISED} End."]))
            return True
        return False

    def push(self, data: str) -> None:  # type: ignore[override]
        if len(self.producer_fifo) >= REPLIES_LIMIT:  # type: ignore[attr-defined]
            self.close()
        elif not self._closed:
            super().push(data)

    def respond(self, resp: str, logfun: Callable[..., None] = _LOGGER.debug) -> None:
        command, code = self._command, int(resp[:3])
        if command is not None:
            self._command = None
            # A transfer has only begun with a 1xx reply: it is told when its file is closed. 3xx asks for more.
            if command.op == "login":
                seconds = time.perf_counter() - command.began
                self.owner.recorder.login(
                    command.path, "password", seconds, accepted=code == 230, secure=self._ssl_established
                )
            elif code >= 400 or 200 <= code < 300 or command.op == "list":
                self._tell(command, self._facts(command) if code < 400 else self._failure(resp))
        super().respond(resp, logfun)

    def transferred(self, stream: Stream) -> None:
        """Record the reading or writing of a file, and close it."""
        self.owner.recorder.transfer(stream.file, complete=stream.complete, user=self.username, secure=self._prot)

    def data_lost(self) -> None:
        """End the transfer whose data connection was reset before it was accepted: pyftpdlib would wait for another."""
        waiting, self._in_dtp_queue, self._out_dtp_queue = self._in_dtp_queue or self._out_dtp_queue, None, None
        if waiting is None:
            return
        for stream in waiting:
            if isinstance(stream, Stream):
                stream.complete = False
                stream.close()
        self.respond("426 Connection closed; transfer aborted.")

    def _tell(self, command: _Command, response: dict[str, Any]) -> None:
        self.owner.recorder.operation(
            command.op,
            command.path,
            response,
            time.perf_counter() - command.began,
            user=self.username,
            secure=self._ssl_established,
            to=command.to,
        )

    def _facts(self, command: _Command) -> dict[str, Any]:
        if command.op == "list" and self.fs is not None:
            names = self.fs.names if self.fs.names is not None else [posixpath.basename(command.path)]
            return {"names": [printable(name) for name in names]}
        if command.op == "stat":
            with suppress(OSError):
                return described(self.owner.folder.stat(command.path))
        return {}

    def _failure(self, reply: str) -> dict[str, str]:
        error = self.fs.failed if self.fs is not None else None
        return failure(error) if error is not None else {"error": "FAILURE", "message": reply[4:].rstrip(".")}


def _reset(error: BaseException | None) -> bool:
    """Return whether ``error`` is a reset. pyftpdlib takes one for the end of a file, and closes while handling it."""
    return isinstance(error, ConnectionError) or (isinstance(error, SSL.SysCallError) and error.args[0] > 0)


def _hung_up(sock: socket.socket) -> bool:
    """Return whether either side has closed or reset the connection, without reading from it."""
    if sock.fileno() == -1:
        return True
    poll = select.poll()
    poll.register(sock.fileno(), getattr(select, "POLLRDHUP", 0))
    return bool(poll.poll(0))
