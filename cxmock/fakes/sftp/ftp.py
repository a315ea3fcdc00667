"""The FTP server, port 21: the adapter to pyftpdlib, which takes long to import, so import this on first use.

Plain, and encrypted when a client asks for it (``AUTH TLS``). Passive data is accepted on the server's own address;
active data leaves from the documented data port where the system allows it. pyftpdlib has a loop of its own, so this
runs in a thread of its own; the folder, the accounts and the journal are safe from there.
"""

# pyftpdlib has no type hints.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import logging
import socket
import threading
from contextlib import suppress
from pathlib import Path

# This first: it keeps quiet about asyncore, which Python has deprecated and pyftpdlib needs.
from pyftpdlib.ioloop import IOLoop  # isort: skip

from OpenSSL import SSL
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.exceptions import AuthenticationFailed
from pyftpdlib.servers import FTPServer

from cxmock.fakes.sftp.accounts import Accounts
from cxmock.fakes.sftp.folder import Folder
from cxmock.fakes.sftp.ftp_session import FtpSession
from cxmock.fakes.sftp.recording import Recorder

CLOSE_WITHIN = 5.0
PERMISSIONS = "elradfmwMT"
"""pyftpdlib's letters for everything: the jailed folder decides."""

# Otherwise pyftpdlib's warnings about clients would go to stderr.
logging.getLogger("pyftpdlib").addHandler(logging.NullHandler())


class FtpServer:
    """Accepts FTP connections once :meth:`listen` was called.

    Args:
        folder: what is served.
        accounts: who may log in; looked at on each login.
        recorder: told every operation.
        certificate: the files of the certificate chain and its key.
        clients: the CA that signs clients' certificates, which they have to show; None where they need none.
        data_port: where active data leaves from; None for any port.
    """

    def __init__(
        self,
        folder: Folder,
        accounts: Accounts,
        recorder: Recorder,
        *,
        certificate: tuple[Path, Path],
        clients: Path | None = None,
        data_port: int | None = None,
    ) -> None:
        self.folder = folder
        self.accounts = accounts
        self.recorder = recorder
        self.data_port = data_port
        self._certificate = certificate
        self._clients = clients
        self._stopping = False
        self._thread: threading.Thread | None = None

    def listen(self, sock: socket.socket) -> None:
        """Accept on a bound socket, which is closed by :meth:`close`."""

        # What pyftpdlib is to know of its server stands in attributes of a class.
        class Control(FtpSession):
            ssl_context = self._context()
            data_context = self._context(silent=True)
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

    def _context(self, *, silent: bool = False) -> SSL.Context:
        """Return how TLS is spoken.

        Args:
            silent: whether nothing is said after the handshake but what is sent. TLS 1.3 tells tickets then, which a
                client that only sends does not read; when it hangs up, the system takes that for a reset, and what the
                client has sent last is lost on its way.
        """
        context = SSL.Context(SSL.TLS_SERVER_METHOD)
        chain, key = self._certificate
        context.use_certificate_chain_file(str(chain))
        context.use_privatekey_file(str(key))
        if self._clients is not None:
            context.load_verify_locations(str(self._clients))
            context.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT)
        if silent:
            context.set_max_proto_version(SSL.TLS1_2_VERSION)
            context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
            context.set_options(SSL.OP_NO_TICKET)
        return context

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
        with suppress(OSError):  # the loop has just ended by itself, and closed this
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
