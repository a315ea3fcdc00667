"""What is said when Configuration Server or OCS does not do what it was asked."""

from __future__ import annotations

from cxmock.errors.base import CxmockError


class GenesysRefused(CxmockError):
    """The server answered ``Error``.

    >>> print(GenesysRefused("127.13.0.7:5050", "StartDialing", 3, "Campaign 101 of group 732 is not loaded."))
    127.13.0.7:5050 refused StartDialing with error 3: Campaign 101 of group 732 is not loaded.
      expected: An answer that is not Error.
      fix:      Do what the description asks for; the journal of the connection shows what was sent.
    """

    def __init__(self, server: str, message: str, code: int, description: str) -> None:
        super().__init__(
            f"{server} refused {message} with error {code}: {description.rstrip('.')}.",
            expected="An answer that is not Error.",
            fix="Do what the description asks for; the journal of the connection shows what was sent.",
        )
        self.message = message
        self.code = code
        self.description = description


class GenesysSilent(CxmockError, TimeoutError):
    """The server accepts the connection but gives no (whole) answer.

    >>> print(GenesysSilent("127.13.0.8:8888", "ReadObjects", "no answer within 5 s"))
    127.13.0.8:8888 left ReadObjects without an answer: no answer within 5 s.
      expected: An answer with the reference id of the request.
      fix:      Look at what listens there: it hangs, closed in the middle, or speaks another protocol.
    """

    def __init__(self, server: str, message: str, reason: str) -> None:
        super().__init__(
            f"{server} left {message} without an answer: {reason}.",
            expected="An answer with the reference id of the request.",
            fix="Look at what listens there: it hangs, closed in the middle, or speaks another protocol.",
        )
