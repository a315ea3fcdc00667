"""Where the user's own providers are: ``8=http://localhost:9000`` read into a row's target."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from cxmock.contracts.targets import VARIABLES, Target
from cxmock.errors.base import nearest
from cxmock.errors.verifying import NotATarget
from cxmock.topology import CONNECTIONS, Connection, connection

SCHEMES: Mapping[str, tuple[str, ...]] = {
    "http": ("http", "https"),
    "redis": ("redis",),
    "postgresql": ("postgresql", "postgres"),
    "sftp": ("sftp",),
    "ftp": ("ftp",),
    "nfs": ("nfs",),
    "ocs": ("ocs", "tcp"),
    "confserv": ("confserv", "tcp"),
}
"""Transport -> the schemes of its URLs, the usual one first."""


def target_of(number: int, url: str, component: str = "", *, host_key: str = "", text: str = "") -> Target:
    """Return a row's target from one URL: all the row's components are there, or just the one that is named.

    >>> target_of(8, "http://localhost:9000", "dial-manager").urls
    {'dial-manager': 'http://localhost:9000'}
    >>> target_of(2, "ftp://cx:secret@localhost/").urls
    {'ftp': 'ftp://cx:secret@localhost/'}

    Args:
        number: the connection.
        url: where its provider is.
        component: one of the components that the row leads to; all when empty.
        host_key: an SFTP server's public host key.
        text: what the user wrote, for errors.

    Raises:
        NotATarget: the row does not exist, has no such component, or is not spoken to by such a URL.
    """
    text = text or f"{number}{':' if component else ''}{component}={url}"
    if not 1 <= number <= len(CONNECTIONS):
        raise NotATarget(text, f"there is no connection {number}", "8=http://localhost:9000")
    row = connection(number)
    transport = _transport(row, url, text)
    if transport == "sftp" and not host_key:
        reason = "no server is trusted without its public host key, and CX_SFTP_HOST_KEY is not set"
        raise NotATarget(text, reason, f'{_example(row)} with CX_SFTP_HOST_KEY="ssh-ed25519 AAAA..."')
    if transport != "http":
        if component and component != row.provider:
            raise NotATarget(text, f'"{component}" is not on connection {number}', _example(row))
        return Target({transport: url}, host_key)
    known = [str(key) for key in VARIABLES[number]]
    if component and component not in known:
        raise NotATarget(
            text, f'"{component}" is not on connection {number}. {nearest(component, known)}', _example(row)
        )
    return Target(dict.fromkeys([component] if component else known, url))


def targets_of(texts: Iterable[str], *, host_key: str = "") -> dict[int, Target]:
    """Read ``N=URL`` and ``N:COMPONENT=URL`` texts; several for one row add up.

    >>> targets_of(["8:dial-manager=http://localhost:1", "8:compliance-manager=http://localhost:2"])[8].urls
    {'dial-manager': 'http://localhost:1', 'compliance-manager': 'http://localhost:2'}

    Raises:
        NotATarget: a text says no target, or one place is named twice.
    """
    found: dict[int, Target] = {}
    for text in texts:
        place, equals, url = text.partition("=")
        digits, _, component = place.partition(":")
        if not equals or not url:
            raise NotATarget(text, "it has no URL", "8=http://localhost:9000")
        if not (digits.isascii() and digits.isdigit()):
            raise NotATarget(text, f'"{digits}" is no number of a connection', "8=http://localhost:9000")
        target = target_of(int(digits), url, component, host_key=host_key, text=text)
        earlier = found.get(int(digits), Target({}))
        if twice := set(earlier.urls) & set(target.urls):
            raise NotATarget(
                text, f"{', '.join(sorted(twice))} is somewhere else already", _example(connection(int(digits)))
            )
        found[int(digits)] = Target({**earlier.urls, **target.urls}, target.host_key or earlier.host_key)
    return found


def _transport(row: Connection, url: str, text: str) -> str:
    """Return the transport that a URL speaks on a row."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise NotATarget(text, f"its URL cannot be read ({error})", _example(row)) from error
    for transport in row.transports:
        if parts.scheme in SCHEMES[transport] and host:
            return transport
    raise NotATarget(text, f"connection {row.number} is not spoken to by such a URL", _example(row))


def _example(row: Connection) -> str:
    scheme = SCHEMES[row.transports[0]][0]
    login = "user:password@" if scheme in ("sftp", "ftp", "redis", "postgresql") else ""
    path = {"postgresql": "/database", "nfs": "/export"}.get(scheme, "")
    return f"{row.number}={scheme}://{login}localhost:{row.ports[-1] if scheme != 'http' else 9000}{path}"
