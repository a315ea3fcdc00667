"""What is said when CX Contact refuses a call of its API."""

from __future__ import annotations

from cxmock.errors.base import CxmockError


class ContactRefused(CxmockError):
    """CX Contact answered a call with an error.

    >>> print(ContactRefused("POST /cx-contact/v3/login", 401, 601, "Wrong user name or password.", ""))
    CX Contact refused POST /cx-contact/v3/login: Wrong user name or password. (HTTP 401, code 601)
      expected: Code 0 in the envelope's status.
      fix:      Correct the call; the journal of connection 1 has it whole.
    """

    def __init__(self, call: str, status: int, code: int, message: str, detail: str) -> None:
        super().__init__(
            f"CX Contact refused {call}: {message} (HTTP {status}, code {code})",
            expected="Code 0 in the envelope's status." + (f" {detail}" if detail else ""),
            fix="Correct the call; the journal of connection 1 has it whole.",
        )
        self.status = status
        self.code = code
        self.message = message
