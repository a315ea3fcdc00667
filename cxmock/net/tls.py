"""The testbed's certificate authority."""

from __future__ import annotations

import ssl
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import trustme


class Authority:
    """One CA per testbed; certificates are made when somebody first needs one (EC keys, a quarter of a millisecond).

    Args:
        folder: where :attr:`ca_file` is written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @cached_property
    def _ca(self) -> trustme.CA:
        import trustme

        return trustme.CA(organization_name="cxmock testbed")

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

    def certificate_files(self, *names: str) -> tuple[Path, Path]:
        """Issue a certificate for ``names`` (host names or addresses); return its chain's file and its key's file."""
        issued = self._ca.issue_cert(*names)
        chain, key = self._folder / f"{names[0]}.pem", self._folder / f"{names[0]}.key"
        chain.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
        key.touch(mode=0o600)
        key.write_bytes(issued.private_key_pem.bytes())
        return chain, key

    def server_context(self, *names: str) -> ssl.SSLContext:
        """Return a context to serve TLS as ``names``."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.certificate_files(*names))
        context.set_alpn_protocols(["http/1.1"])
        return context

    @cached_property
    def client_context(self) -> ssl.SSLContext:
        """A context that trusts the testbed's CA, and nothing else."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(self.ca_file)
        return context
