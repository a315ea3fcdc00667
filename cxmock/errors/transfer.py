"""What is said when files cannot be fetched from, or brought to, an SFTP or FTP server."""

from __future__ import annotations

from cxmock.errors.base import CxmockError, nearest


class TransferFailed(CxmockError):
    """A server answered an operation by an error. ``code`` is its name in SFTP version 3, over FTP as well.

    >>> print(TransferFailed("mkdir", "/in", "sftp://127.13.0.2:22", "FAILURE", "File exists"))
    sftp://127.13.0.2:22 did not carry out "mkdir /in": FAILURE (File exists).
      expected: The operation to be carried out.
      fix:      Look at the path on the server; connection 2 in the journal shows what was asked before.
    """

    def __init__(self, op: str, path: str, server: str, code: str, said: str) -> None:
        super().__init__(
            f'{server} did not carry out "{op} {path}": {code}' + (f" ({said})." if said else "."),
            expected="The operation to be carried out.",
            fix="Look at the path on the server; connection 2 in the journal shows what was asked before.",
        )
        self.code = code


class FileMissing(TransferFailed):
    """There is no such file or folder on the server.

    >>> print(FileMissing("read", "/in/lead.csv", "sftp://127.13.0.2:22", ["leads.csv", "suppress.csv"]))
    sftp://127.13.0.2:22 has no "/in/lead.csv".
      expected: A path that is there. Did you mean "leads.csv"?
      fix:      Correct the path, or put the file there first.
    >>> print(FileMissing("read", "/in/lead.csv", "sftp://127.13.0.2:22", []).expected)
    A path that is there. The folder is empty, or is not there either.
    """

    def __init__(self, op: str, path: str, server: str, names: list[str]) -> None:
        super().__init__(op, path, server, "NO_SUCH_FILE", "")
        self.what = f'{server} has no "{path}".'
        self.args = (self.what,)
        known = nearest(path.rpartition("/")[2], names) if names else "The folder is empty, or is not there either."
        self.expected = f"A path that is there. {known}"
        self.fix = "Correct the path, or put the file there first."


class PathDenied(TransferFailed):
    """The server does not allow it.

    >>> print(PathDenied("write", "/etc/passwd", "ftp://127.13.0.2:21"))
    ftp://127.13.0.2:21 denied "write /etc/passwd".
      expected: The right to do so.
      fix:      Have the server's owner grant it to this user, or use another path.
    """

    def __init__(self, op: str, path: str, server: str) -> None:
        super().__init__(op, path, server, "PERMISSION_DENIED", "")
        self.what = f'{server} denied "{op} {path}".'
        self.args = (self.what,)
        self.expected = "The right to do so."
        self.fix = "Have the server's owner grant it to this user, or use another path."


class LoginRefused(CxmockError):
    """The server does not let this user in. The password is never said.

    >>> print(LoginRefused("sftp://127.13.0.2:22", "cxcontact", "password"))
    sftp://127.13.0.2:22 refused the login of "cxcontact" by password.
      expected: A user and password that the server knows.
      fix:      Correct them (cxmock env prints the testbed's in CX_SFTP_URL and CX_FTP_URL).
    """

    code = "LOGIN_REFUSED"

    def __init__(self, server: str, user: str, method: str) -> None:
        super().__init__(
            f'{server} refused the login of "{user}" by {method}.',
            expected=f"A user and {method} that the server knows.",
            fix="Correct them (cxmock env prints the testbed's in CX_SFTP_URL and CX_FTP_URL).",
        )


class ServerNotTrusted(CxmockError):
    """The server's host key or certificate is not the expected one.

    >>> print(ServerNotTrusted("sftp://127.13.0.2:22", "its host key is not SHA256:AbC"))
    sftp://127.13.0.2:22 is not the server that was expected: its host key is not SHA256:AbC.
      expected: The server that the key or certificate was agreed for.
      why:      Somebody else may listen there, and would be given the password.
      fix:      Check the address, then the key (CX_SFTP_HOST_KEY) or the CA (SSL_CERT_FILE).
    """

    code = "NOT_TRUSTED"

    def __init__(self, server: str, reason: str) -> None:
        super().__init__(
            f"{server} is not the server that was expected: {reason}.",
            expected="The server that the key or certificate was agreed for.",
            why="Somebody else may listen there, and would be given the password.",
            fix="Check the address, then the key (CX_SFTP_HOST_KEY) or the CA (SSL_CERT_FILE).",
        )


class ServerLost(CxmockError, ConnectionError):
    """The server cannot be reached, or was lost in the middle of an operation.

    >>> print(ServerLost("sftp://127.13.0.2:22", "read /in/leads.csv", "connection reset"))
    sftp://127.13.0.2:22 was lost at "read /in/leads.csv": connection reset.
      expected: A whole answer; what was transferred so far is not the whole file.
      fix:      Start the server or correct the address, then begin the transfer again.
    """

    code = "CONNECTION_LOST"

    def __init__(self, server: str, operation: str, reason: str) -> None:
        super().__init__(
            f'{server} was lost at "{operation}": {reason}.',
            expected="A whole answer; what was transferred so far is not the whole file."
            if operation != "connect"
            else "A server that listens there.",
            fix="Start the server or correct the address, then begin the transfer again."
            if operation != "connect"
            else "Start it, or correct the address (cxmock env prints the testbed's).",
        )


class ServerSilent(CxmockError, TimeoutError):
    """The server does not answer in time.

    >>> print(ServerSilent("ftp://127.13.0.2:21", "list /in", 5.0))
    ftp://127.13.0.2:21 did not answer "list /in" within 5 s.
      expected: Every answer, and every part of a file, in that time.
      fix:      Look at what listens there: it hangs, or something between drops what is sent.
    """

    code = "TIMEOUT"

    def __init__(self, server: str, operation: str, within: float) -> None:
        super().__init__(
            f'{server} did not answer "{operation}" within {within:g} s.',
            expected="Every answer, and every part of a file, in that time.",
            fix="Look at what listens there: it hangs, or something between drops what is sent.",
        )


class FileNotArrived(CxmockError, AssertionError):
    """A file was waited for on the testbed's own server, and did not come.

    >>> print(FileNotArrived("/out/results.csv", 5.0, ["/in/", "/in/leads.csv", "/out/"]))
    No whole file "/out/results.csv" was on the SFTP server within 5 s.
      expected: That it is written to its end. What is there:
                /in/
                /in/leads.csv
                /out/
      fix:      Look at connection 2 in the journal: who logged in, and what was written where.
    """

    def __init__(self, path: str, within: float, tree: list[str]) -> None:
        there = "\n".join(tree[:20]) or "nothing."
        super().__init__(
            f'No whole file "{path}" was on the SFTP server within {within:g} s.',
            expected=f"That it is written to its end. What is there:\n{there}",
            fix="Look at connection 2 in the journal: who logged in, and what was written where.",
        )
