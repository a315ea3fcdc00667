"""What is said about the network file share (connection 6)."""

from __future__ import annotations

from cxmock.errors.base import CxmockError, nearest

_MEANINGS = {
    "PERM": ("Only the owner may do this.", "Act as the owner, or choose another path."),
    "NOENT": (
        "There is no such file or folder.",
        "Check the path: names are case-sensitive, folders are not made unasked.",
    ),
    "IO": ("The server's disk failed, or it was told to say so.", "Look at the server's log, or end the fault."),
    "ACCES": (
        "The permissions of the folder do not allow it.",
        "Change the mode of the folder, or choose another one.",
    ),
    "EXIST": ("Something with this name is there already.", "Remove it first, or choose another name."),
    "NOTDIR": ("A part of the path that should be a folder is none.", "Check the path."),
    "ISDIR": ("The path names a folder, where a file is needed.", "Name a file in it."),
    "INVAL": (
        "The name, or the kind of the file, does not allow it.",
        "A symbolic link is not followed: name its target.",
    ),
    "FBIG": ("The file would be larger than the server allows.", "Write less, or split the file."),
    "NOSPC": ("The share is full.", "Remove files, or give the share more room."),
    "DQUOT": ("The owner's quota is used up.", "Remove files, or raise the quota."),
    "ROFS": ("The share is for reading only.", "Export it for reading and writing."),
    "NAMETOOLONG": ("A name is longer than 255 bytes.", "Choose a shorter name."),
    "NOTEMPTY": ("The folder has entries.", "Remove them first."),
    "STALE": ("The file was removed, or the share restarted, since its path was looked up.", "Look the path up again."),
    "NOTSUPP": ("The server does not offer this.", "Do without it."),
    "JUKEBOX": ("The server is not ready to answer.", "Try again later."),
}


class NfsError(CxmockError):
    """A procedure ended with another status than OK.

    ``status`` is named as in RFC 1813, without its prefix ``NFS3ERR_``.

    >>> print(NfsError("NOENT", "LOOKUP", "/in/leads.csv"))
    LOOKUP of /in/leads.csv was answered NOENT.
      why:      There is no such file or folder.
      fix:      Check the path: names are case-sensitive, folders are not made unasked.
    """

    def __init__(self, status: str, proc: str, path: str) -> None:
        why, fix = _MEANINGS.get(status, ("", f"RFC 1813 says what {status} means."))
        super().__init__(f"{proc} of {path} was answered {status}.", why=why, fix=fix)
        self.status = status
        self.proc = proc
        self.path = path


class NfsUnreachable(CxmockError, ConnectionError):
    """The share cannot be reached, or hung up.

    >>> print(NfsUnreachable("127.13.0.4", 2049, "Connection refused"))
    The file share at 127.13.0.4:2049 cannot be used: Connection refused.
      expected: An NFS server, version 3, over TCP.
      fix:      Start it (cxmock up share), or correct CX_SHARE_URL.
    """

    def __init__(self, host: str, port: int, reason: str) -> None:
        super().__init__(
            f"The file share at {host}:{port} cannot be used: {reason.rstrip('.')}.",
            expected="An NFS server, version 3, over TCP.",
            fix="Start it (cxmock up share), or correct CX_SHARE_URL.",
        )


class NfsTooSlow(CxmockError, TimeoutError):
    """The share did not answer in time.

    >>> print(NfsTooSlow("127.13.0.4", 2049, "READ", 5))
    The file share at 127.13.0.4:2049 did not answer READ within 5 s.
      expected: An answer in time.
      why:      NFS clients wait for ever by default; this one gives up, so that nothing hangs.
      fix:      Look for what holds it up (its host, the network, a fault), or allow more time with within=.
    """

    def __init__(self, host: str, port: int, proc: str, within: float) -> None:
        super().__init__(
            f"The file share at {host}:{port} did not answer {proc} within {within:g} s.",
            expected="An answer in time.",
            why="NFS clients wait for ever by default; this one gives up, so that nothing hangs.",
            fix="Look for what holds it up (its host, the network, a fault), or allow more time with within=.",
        )


class NotAnNfsUrl(CxmockError, ValueError):
    """The address of a share cannot be read.

    >>> print(NotAnNfsUrl("http://files/"))
    "http://files/" is not the address of a file share.
      expected: nfs://host:port/export
      fix:      Correct it; the port is 2049 unless it is named, the export is / unless it is named.
    """

    def __init__(self, url: str) -> None:
        super().__init__(
            f'"{url}" is not the address of a file share.',
            expected="nfs://host:port/export",
            fix="Correct it; the port is 2049 unless it is named, the export is / unless it is named.",
        )


class NotOnShare(CxmockError, FileNotFoundError):
    """A test asked the share for a file that is not there.

    >>> print(NotOnShare("/in/lead.csv", ["/in/", "/in/leads.csv"]))
    /in/lead.csv is not on the share.
      expected: Did you mean "/in/leads.csv"?
      fix:      Correct the path, or put the file there first: share.put("/in/lead.csv", b"...").
    """

    def __init__(self, path: str, tree: list[str]) -> None:
        super().__init__(
            f"{path} is not on the share.",
            expected=nearest(path, tree) if tree else "The share is empty.",
            fix=f'Correct the path, or put the file there first: share.put("{path}", b"...").',
        )


class UnknownNfsWord(CxmockError, LookupError):
    """A procedure or a status that NFS does not have.

    >>> print(UnknownNfsWord("procedure", "WRIT", ["READ", "WRITE"]))
    NFS version 3 has no procedure "WRIT".
      expected: Did you mean "WRITE"?
      fix:      Name it as RFC 1813 does: WRITE, NOSPC.
    """

    def __init__(self, kind: str, word: str, known: list[str]) -> None:
        super().__init__(
            f'NFS version 3 has no {kind} "{word}".',
            expected=nearest(word, known),
            fix="Name it as RFC 1813 does: WRITE, NOSPC.",
        )
