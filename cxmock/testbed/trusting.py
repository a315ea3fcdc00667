"""Whom a verification trusts: the testbed's own CA, and where others are asked, who signs for them."""

from __future__ import annotations

import hashlib
import ssl
from pathlib import Path
from typing import TYPE_CHECKING

from cxmock.errors.verifying import NotACaFile

if TYPE_CHECKING:
    from cxmock.testbed.testbed import Testbed


def trusted_file(testbed: Testbed, ca: Path | None, *, others: bool) -> Path:
    """Return the one file of certificates (PEM) that a verification trusts.

    Args:
        testbed: its CA is always trusted.
        ca: a file of the user's; it takes the place of the system's certificates.
        others: whether anybody outside the testbed is asked over TLS. Where nobody is, the file stays small: Pact's
            engine reads all of it for each promise.

    Raises:
        NotACaFile: ``ca`` is none.
    """
    if ca is None:
        return testbed.authority.bundle_file if others else testbed.authority.ca_file
    try:
        ssl.create_default_context().load_verify_locations(ca)
        own = ca.read_bytes()
    except OSError as error:  # also what ssl says about a file without certificates
        raise NotACaFile(str(ca), error.strerror or str(error)) from error
    joined = testbed.folder / f"trusted-{hashlib.sha256(own).hexdigest()[:16]}.pem"
    joined.write_bytes(own + b"\n" + testbed.authority.ca_file.read_bytes())
    return joined


def trusting(file: Path) -> ssl.SSLContext:
    """Return a context that trusts the certificates in ``file``, and nobody else."""
    return ssl.create_default_context(cafile=str(file))
