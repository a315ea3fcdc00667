"""The part: SFTP and FTP over one folder, at their documented ports."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from cxmock.errors.transfer import FileNotArrived
from cxmock.fakes.sftp.accounts import Accounts
from cxmock.fakes.sftp.folder import Folder
from cxmock.fakes.sftp.recording import CONNECTION, Recorder
from cxmock.fakes.sftp.snapshot import KeptSftp
from cxmock.net.waiting import PATIENCE, patiently, until
from cxmock.serving import Site, States
from cxmock.topology import Component, connection, listening_ports

if TYPE_CHECKING:
    from cxmock.fakes.sftp.ftp import FtpServer
    from cxmock.fakes.sftp.ssh import SshServer

FOLDERS = ("/in", "/out")
"""What the folder holds at the start. Assumed: customers lay out their servers as they like."""


class Sftp:
    """A customer's file server, from which CX Contact fetches lists and to which it exports (connection 2).

    Documented: the ports 20, 21 and 22, and that Job Scheduler logs in and transfers files. Assumed: everything else,
    namely one account for both protocols, and folders ``/in`` and ``/out``.

    Files can be put and looked at from any thread, at any time.
    """

    states = States()

    def __init__(self, *, folders: Sequence[str] = FOLDERS) -> None:
        self._folders = folders
        self._folder: Folder | None = None
        self._ssh: SshServer | None = None
        self._ftp: FtpServer | None = None
        self._first = Accounts()
        self.accounts = Accounts()
        """Who may log in; may be changed at any time. At the start it is the testbed's own user."""

    async def start(self, site: Site) -> None:
        """Serve both protocols. Started again after a stop, it has the same files and accounts as before."""
        if self._folder is None:
            login = site.directory.credentials.sftp
            self._first = Accounts({login.name: login.secret})
            self.accounts.become(self._first)
            self._folder = Folder(site.folder)
            self._furnish()
        ports = {place.scheme: place.port for place in listening_ports(Component.SFTP)}
        data_port = min(set(connection(CONNECTION).ports) - set(ports.values()))
        # Here and not in a thread: two threads that import parts of one package at the same time deadlock.
        ssh, ftp = _servers()
        self._ssh = ssh(
            self.folder,
            self.accounts,
            Recorder(site.journal, "sftp", site.guard),
            host_key=site.directory.host_key.private,
        )
        await self._ssh.listen(site.socket(ports["sftp"]))
        self._ftp = ftp(
            self.folder,
            self.accounts,
            Recorder(site.journal, "ftp", site.guard),
            certificate=site.authority.certificate_files(str(site.component), site.host, "localhost", "127.0.0.1"),
            clients=site.authority.ca_file if site.authority.mutual else None,
            data_port=data_port if site.addresses.documented else None,
        )
        self._ftp.listen(site.socket(ports["ftp"]))

    async def stop(self) -> None:
        """Drop every client. The files stay until the testbed removes its folders."""
        if self._ssh is not None:
            await self._ssh.close()
        if self._ftp is not None:
            await asyncio.to_thread(self._ftp.close)

    async def reset(self) -> None:
        """Remove every file and every other account; clients stay connected."""
        if self._folder is not None:
            await asyncio.to_thread(self._folder.clear)
            self._furnish()
            self.accounts.become(self._first)

    async def keep(self) -> KeptSftp:
        """Return the state of the server, to be put back later."""
        copies = self.folder.path.with_name(f"kept-{secrets.token_hex(4)}")
        return await asyncio.to_thread(KeptSftp, self.folder, self.accounts, copies)

    @property
    def folder(self) -> Folder:
        """What is served, once started."""
        assert self._folder is not None
        return self._folder

    def put(self, path: str, data: bytes | str) -> None:
        """Put a file on the server, whole at once; folders on the way are made."""
        self.folder.put(path, data)

    def read(self, path: str) -> bytes:
        """Return what is in a file."""
        return self.folder.read(path)

    def file(self, path: str, *, within: float = PATIENCE) -> bytes:
        """Return what is in a file, as soon as it is whole. For tests; on the loop, await :meth:`wait_for`.

        Raises:
            FileNotArrived: it is not there in time.
        """

        def look() -> bytes:
            if self.folder.settled(path):
                return self.folder.read(path)
            raise FileNotArrived(path, within, self.folder.tree())

        return patiently(look, within=within)

    def tree(self) -> list[str]:
        """Return every path on the server, sorted; folders end with ``/``."""
        return self.folder.tree()

    async def wait_for(self, path: str, *, within: float = 5.0) -> bytes:
        """Return what is in a file as soon as it is whole.

        Raises:
            FileNotArrived: it is not there in time.
        """
        if await until(lambda: self.folder.settled(path), within=within):
            return self.folder.read(path)
        raise FileNotArrived(path, within, self.folder.tree())

    @states("file {path} holds {text}")
    def file_holds(self, path: str, text: str) -> None:
        """Put a file there."""
        self.put(path, text)

    @states("the customer's file {path} holds {text}")
    def customers_file_holds(self, path: str, text: str) -> None:
        """Put a file there, for who cannot name the server otherwise: the share has files, too."""
        self.put(path, text)

    @states("folder {path} is empty")
    def folder_is_empty(self, path: str) -> None:
        """Make a folder without anything in it."""
        self.no_folder(path)
        self.folder.make(path)

    @states("there is no folder {path}")
    def no_folder(self, path: str) -> None:
        """Remove a folder with all that is in it, if it is there."""
        for entry in reversed(self.tree()):
            if entry.startswith(path.rstrip("/") + "/"):
                (self.folder.rmdir if entry.endswith("/") else self.folder.remove)(entry)

    @states("there is no file {path}")
    def no_file(self, path: str) -> None:
        """Remove a file, if it is there."""
        with suppress(FileNotFoundError):
            self.folder.remove(path)

    @states("path {path} is denied")
    def path_is_denied(self, path: str) -> None:
        """Deny everybody whatever concerns a path."""
        self.folder.denied.add(path)

    @states("user {user} may log in")
    def user_may_log_in(self, user: str) -> dict[str, str]:
        """Let a user in, by a password that only this testbed knows."""
        password = self.accounts.passwords.setdefault(user, secrets.token_urlsafe(18))
        return {"user": user, "password": password}

    def _furnish(self) -> None:
        for path in self._folders:
            self.folder.make(path)


def _servers() -> tuple[type[SshServer], type[FtpServer]]:
    """Import what takes long to import."""
    from cxmock.fakes.sftp.ftp import FtpServer
    from cxmock.fakes.sftp.ssh import SshServer

    return SshServer, FtpServer
