"""What a client's first bytes say about encryption, where plain text and TLS share a port."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

_TLS_HANDSHAKE: Final = 0x16


@dataclass(frozen=True, slots=True)
class Opening:
    """What to make of a connection's first bytes."""

    secure: bool | None
    """Whether TLS begins; None if the client goes on before that can be told."""
    taken: int = 0
    """How many of the bytes are no part of what follows."""
    answer: bytes = b""
    """What the client has to be told first."""


PLAIN: Final = Opening(secure=False)
TLS: Final = Opening(secure=True)


@dataclass(frozen=True, slots=True)
class Sharing:
    """How a protocol shares its port with TLS."""

    read: Callable[[bytes], Opening]
    """Told the first bytes; there are fewer than ``needs`` only where no more will come."""
    needs: int = 1
    """How many bytes are enough."""
    patient: bool = False
    """Whether a client may stay silent for as long as it likes."""
    protocols: tuple[str, ...] = ()
    """What is spoken, for TLS clients that ask (ALPN)."""


def by_first_byte(first: bytes) -> Opening:
    """Tell by the first byte: a TLS handshake starts with 0x16, which starts nothing else that is spoken here."""
    return TLS if first[0] == _TLS_HANDSHAKE else PLAIN


HTTP: Final = Sharing(by_first_byte, protocols=("http/1.1",))
REDIS: Final = Sharing(by_first_byte, patient=True)
