"""The FTP server, port 21: the one adapter to pyftpdlib, which takes long to import, so import this on first use.

Plain, and encrypted when a client asks for it (``AUTH TLS``). Passive data is accepted on the server's own address;
active data leaves from the documented data port where the system allows it. pyftpdlib has a loop of its own, so this
runs in a thread of its own; the folder, the accounts and the journal are safe from there.
"""

# pyftpdlib has no type hints.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import logging
import posixpath
import select
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# This first: it keeps quiet about asyncore, which Python has deprecated and pyftpdlib needs.
from pyftpdlib.ioloop import IOLoop  # isort: skip

from OpenSSL import SSL
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.exceptions import AuthenticationFailed
from pyftpdlib.handlers.ftp.dispatchers import ActiveDTP
from pyftpdlib.handlers.ftps.control import TLS_FTPHandler
from pyftpdlib.handlers.ftps.data import TLS_DTPHandler
from pyftpdlib.servers import FTPServer

from cxmock.fakes.sftp.accounts import Accounts
from cxmock.fakes.sftp.folder import Folder
from cxmock.fakes.sftp.ftp_files import FtpFiles, Stream
from cxmock.fakes.sftp.recording import Recorder, described, failure, printable

CLOSE_WITHIN = 5.0
HANG_UP_WITHIN = 0.001
"""Seconds between the two connections of a client that is gone (0.1 ms at most was seen)."""
_LOGGER = logging.getLogger("pyftpdlib")
PERMISSIONS = "elradfmwMT"
"""pyftpdlib's letters for everything: the jailed folder decides."""

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


class FtpServer:
    """Accepts FTP connections once :meth:`listen` was called.

    Args:
        folder: what is served.
        accounts: who may log in; looked at on each login.
        recorder: told every operation.
        certificate: the files of the certificate chain and its key.
        data_port: where active data leaves from; None for any port.
    """

    def __init__(
        self,
        folder: Folder,
        accounts: Accounts,
        recorder: Recorder,
        *,
        certificate: tuple[Path, Path],
        data_port: int | None = None,
    ) -> None:
        self.folder = folder
        self.accounts = accounts
        self.recorder = recorder
        self.data_port = data_port
        self._certificate = certificate
        self._stopping = False
        self._thread: threading.Thread | None = None
        # Otherwise pyftpdlib's warnings about clients would go to stderr.
        _LOGGER.addHandler(logging.NullHandler())

    def listen(self, sock: socket.socket) -> None:
        """Accept on a bound socket, which is closed by :meth:`close`."""
        # What pyftpdlib is to know of its server stands in attributes of a class.
        context = SSL.Context(SSL.TLS_SERVER_METHOD)
        chain, key = self._certificate
        context.use_certificate_chain_file(str(chain))
        context.use_privatekey_file(str(key))

        class Control(_Control):
            ssl_context = context
            authorizer = _Authorizer(self.accounts)
            owner = self

        self._loop = IOLoop()
        self._waker = _Waker(self._loop)
        _Listening(sock, Control, ioloop=self._loop)
        self._thread = threading.Thread(target=self._main, name="cxmock-ftp", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop accepting, drop every connection, and join the thread."""
        if self._thread is not None:
            self._stopping = True
            self._waker.wake()
            self._thread.join(CLOSE_WITHIN)
            self._thread = None

    def _main(self) -> None:
        pause = None
        while not self._stopping:
            self._loop.poll(pause)
            pause = self._loop.sched.poll()
        self._loop.close()


class _Listening(FTPServer):
    """The listening socket, with what pyftpdlib leaves abstract although it is never called."""

    def collect_incoming_data(self, data: bytes) -> None:
        raise NotImplementedError

    def found_terminator(self) -> None:
        raise NotImplementedError


class _Waker:
    """Wakes pyftpdlib's loop from another thread: what the loop needs of a channel, and no more."""

    def __init__(self, loop: IOLoop) -> None:
        self.socket, self._other = socket.socketpair()
        self._fileno = self.socket.fileno()
        loop.register(self._fileno, self, loop.READ)

    def wake(self) -> None:
        self._other.send(b"\0")

    def readable(self) -> bool:
        return True

    def handle_read_event(self) -> None:
        self.socket.recv(1)

    def close(self) -> None:
        self.socket.close()
        self._other.close()


class _Authorizer(DummyAuthorizer):
    """Lets in whom the accounts know."""

    def __init__(self, accounts: Accounts) -> None:
        super().__init__()
        self._accounts = accounts

    def validate_authentication(self, user: str, password: str, handler: object) -> None:
        if not self._accounts.opens(user, password):
            raise AuthenticationFailed

    def get_home_dir(self, user: str) -> str:
        return "/"

    def has_perm(self, user: str, permission: str, path: str | None = None) -> bool:
        return True

    def get_perms(self, user: str) -> str:
        return PERMISSIONS

    def get_msg_login(self, user: str) -> str:
        return "Login successful."

    def get_msg_quit(self, user: str) -> str:
        return "Goodbye."


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
                self.ioloop.call_later(HANG_UP_WITHIN, self.close)
                return
            self.file_obj.complete = finished and not _hung_up(self.cmd_channel.socket)
            if self.transfer_finished and not self.file_obj.complete:
                self._resp: tuple[Any, ...] = ("426 Connection closed; transfer aborted.", _LOGGER.debug)
        super().close()


class _Control(TLS_FTPHandler):
    """A client's control connection: tells the recorder each operation, before the client has the reply."""

    owner: FtpServer
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
        super().process_command(cmd, *args, **kwargs)

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
