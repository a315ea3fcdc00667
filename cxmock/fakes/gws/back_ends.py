"""What becomes of an error of Configuration Server (connection 10) or OCS (connection 9): a reply of GWS (assumed)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from cxmock.errors.calls import NotReachable
from cxmock.errors.genesys import GenesysRefused, GenesysSilent
from cxmock.fakes.gws.envelope import Code, Refused
from cxmock.wire.genesys.enumerations import ErrorCode

_CODES: dict[int, Code] = {
    ErrorCode.MISSING: Code.MISSING,
    ErrorCode.INVALID: Code.INVALID,
    ErrorCode.NOT_FOUND: Code.NOT_FOUND,
    ErrorCode.EXISTS: Code.EXISTS,
    ErrorCode.IN_USE: Code.CONFLICT,
    ErrorCode.WRONG_ORDER: Code.CONFLICT,
}
"""What else they answer is an error of a back end, 515."""


@contextmanager
def asking(server: str) -> Iterator[None]:
    """Turn the errors of a call of ``server`` into the reply that GWS gives.

    Raises:
        Refused: ``server`` refused, with what it said, or could not be asked.
    """
    try:
        yield
    except GenesysRefused as error:
        code = _CODES.get(error.code, Code.BACK_END)
        raise Refused(code, error.description, f"{server} refused {error.message}.") from error
    except (NotReachable, GenesysSilent) as error:
        raise Refused(Code.BACK_END, f"{server} does not answer.", error.what) from error
