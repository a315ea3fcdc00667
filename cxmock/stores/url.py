"""The URL of a store that somebody else runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

from cxmock.errors.external import StoreUrlWrong, StoreWantsTls


@dataclass(frozen=True, slots=True)
class StoreUrl:
    """Where a store is and how to get in."""

    shown: str
    """It without the login and parameters, for people."""
    address: tuple[str, int]
    user: str
    password: str = field(repr=False)
    path: str
    """What follows the host: the database."""
    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Form:
    """What URLs of a store look like."""

    store: str
    schemes: tuple[str, ...]
    secure: tuple[str, ...]
    """Schemes for TLS."""
    port: int
    parameters: tuple[str, ...]
    example: str

    def read(self, url: str) -> StoreUrl:
        """Take a URL apart.

        Raises:
            StoreUrlWrong: it is none of this store's.
            StoreWantsTls: it asks for TLS.
        """
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError as error:  # of which the text may hold the password
            raise self.wrong("its host and port cannot be told") from error
        shown = f"{parts.scheme}://{host or ''}" + (f":{port}" if port else "") + parts.path
        parameters = dict(parse_qsl(parts.query, keep_blank_values=True))
        if parts.scheme in self.secure or parameters.get("sslmode") in ("require", "verify-ca", "verify-full"):
            raise StoreWantsTls(self.store, shown)
        if parts.scheme not in self.schemes:
            raise self.wrong(f'it begins with "{parts.scheme}"', shown)
        if not host:
            raise self.wrong("it names no host", shown)
        if unknown := sorted(parameters.keys() - set(self.parameters)):
            raise self.wrong(f'it has a parameter "{unknown[0]}"', shown)
        return StoreUrl(
            shown,
            (host, port or self.port),
            unquote(parts.username or ""),
            unquote(parts.password or ""),
            unquote(parts.path.lstrip("/")),
            parameters,
        )

    def wrong(self, reason: str, shown: str = "...") -> StoreUrlWrong:
        """Return the error for a URL that cannot be used."""
        return StoreUrlWrong(self.store, shown, reason, self.example)
