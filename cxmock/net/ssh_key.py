"""The SFTP server's host key: one per testbed, so that clients can pin it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class HostKey:
    """An ed25519 key pair in OpenSSH's forms."""

    private: bytes = field(repr=False)
    """The private key, a PEM block."""
    public: str
    """``ssh-ed25519 AAAA...``, one line."""


def make_host_key() -> HostKey:
    """Make a new key pair (0.1 ms)."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

    key = Ed25519PrivateKey.generate()
    return HostKey(
        key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()),
        key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode(),
    )
