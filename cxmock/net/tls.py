"""The testbed's certificate authority."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import trustme

Showing = Literal["server", "mutual"]
"""Who shows a certificate where TLS is spoken: the server alone, or the client too."""

CLIENT = "cx-contact"
"""Whose certificate clients are handed."""
TRUST_STORE_PASSWORD = "changeit"
"""Of :attr:`Authority.trust_store`: what Java's own has; there is nothing secret in it."""


class Authority:
    """One CA per testbed; certificates are made when somebody first needs one (EC keys, a quarter of a millisecond).

    Args:
        folder: where files are written; each when it is first asked for.
        showing: see :data:`Showing`.
    """

    def __init__(self, folder: Path, showing: Showing = "server") -> None:
        self._folder = folder
        self.mutual = showing == "mutual"
        """Whether clients have to show a certificate."""

    @cached_property
    def _ca(self) -> trustme.CA:
        import trustme

        return trustme.CA(organization_name="cxmock testbed")

    # For clients

    @cached_property
    def ca_file(self) -> Path:
        """The CA's certificate as a PEM file: what clients have to trust."""
        path = self._folder / "ca.pem"
        self._ca.cert_pem.write_to_path(str(path))
        return path

    @cached_property
    def bundle_file(self) -> Path:
        """The system's CA certificates and the testbed's, in one PEM file (``SSL_CERT_FILE`` replaces the system's)."""
        path = self._folder / "ca-bundle.pem"
        system = ssl.get_default_verify_paths().cafile
        old = Path(system).read_bytes() if system and Path(system).is_file() else b""
        path.write_bytes(old + b"\n" + self._ca.cert_pem.bytes())
        return path

    @cached_property
    def trust_store(self) -> Path:
        """The CA's certificate as a PKCS #12 file, which Java takes as its trust store."""
        from cryptography.hazmat.primitives.serialization import BestAvailableEncryption
        from cryptography.hazmat.primitives.serialization.pkcs12 import PKCS12Certificate, serialize_java_truststore
        from cryptography.x509 import load_pem_x509_certificate

        path = self._folder / "ca.p12"
        entry = PKCS12Certificate(load_pem_x509_certificate(self._ca.cert_pem.bytes()), b"cxmock testbed")
        path.write_bytes(serialize_java_truststore([entry], BestAvailableEncryption(TRUST_STORE_PASSWORD.encode())))
        return path

    @cached_property
    def client_files(self) -> tuple[Path, Path]:
        """A client's certificate chain and its key, as PEM files: what a client shows where TLS is mutual."""
        return self.certificate_files(CLIENT)

    @cached_property
    def client_context(self) -> ssl.SSLContext:
        """A context that trusts the testbed's CA, and nothing else; it shows a certificate where TLS is mutual."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(self.ca_file)
        if self.mutual:
            context.load_cert_chain(*self.client_files)
        return context

    # For servers

    def certificate_files(self, *names: str) -> tuple[Path, Path]:
        """Issue a certificate for ``names`` (host names or addresses); return its chain's file and its key's file."""
        issued = self._ca.issue_cert(*names)
        chain, key = self._folder / f"{names[0]}.pem", self._folder / f"{names[0]}.key"
        chain.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
        key.touch(mode=0o600)
        key.write_bytes(issued.private_key_pem.bytes())
        return chain, key

    def server_context(
        self, *names: str, protocols: Sequence[str] = ("http/1.1",), mutual: bool = False
    ) -> ssl.SSLContext:
        """Return a context to serve TLS as ``names``.

        Args:
            names: host names and addresses.
            protocols: what is spoken, for clients that ask (ALPN).
            mutual: whether a client has to show a certificate of this CA.
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.certificate_files(*names))
        if protocols:
            context.set_alpn_protocols(protocols)
        if mutual:
            context.load_verify_locations(self.ca_file)
            context.verify_mode = ssl.CERT_REQUIRED
        return context
