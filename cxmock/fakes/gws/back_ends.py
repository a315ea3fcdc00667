"""What becomes of an error of Configuration Server (connection 10) or OCS (connection 9): a reply of GWS (assumed)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from cxmock.errors.calls import NotReachable
from cxmock.errors.genesys import GenesysRefused, GenesysSilent
from cxmock.fakes.gws.envelope import Code, Refused


@contextmanager
def asking(server: str) -> Iterator[None]:
    """Turn the errors of a call of ``server`` into the reply that GWS gives.

    Raises:
        Refused: ``server`` refused, with what it said, or could not be asked.
    """
    try:
        yield
    except GenesysRefused as error:
        raise Refused(Code.BACK_END, error.description, f"{server} refused {error.message}.") from error
    except (NotReachable, GenesysSilent) as error:
        raise Refused(Code.BACK_END, f"{server} does not answer.", error.what) from error
