"""What is said when Nexus is asked for what it cannot do."""

from __future__ import annotations

from collections.abc import Sequence

from cxmock.errors.base import CxmockError, nearest


class NoConversation(CxmockError, LookupError):
    """A reply is to come from somebody who was never written to.

    >>> print(NoConversation("+12025550143", ["+12025550144"]))
    Nexus cannot receive a reply from +12025550143: no text message with a callback was sent there.
      expected: Did you mean "+12025550144"?
      why:      A reply goes to the callback of the message that it answers.
      fix:      Have Dial Manager send a text message to +12025550143 first.
    """

    def __init__(self, sender: str, written_to: Sequence[str], channel: str = "sms") -> None:
        what = "text message" if channel == "sms" else "e-mail"
        super().__init__(
            f"Nexus cannot receive a reply from {sender}: no {what} with a callback was sent there.",
            expected=nearest(sender, list(written_to)[-20:]) if written_to else "A message to reply to: none was sent.",
            why="A reply goes to the callback of the message that it answers.",
            fix=f"Have Dial Manager send {'a' if channel == 'sms' else 'an'} {what} to {sender} first.",
        )
