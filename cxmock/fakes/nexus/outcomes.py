"""What becomes of a message on its way to a person: seeded, so that every run is the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

SHARES: Mapping[str, Mapping[str, float]] = {
    "sms": {"DELIVERED": 0.95, "UNDELIVERED": 0.04, "REJECTED": 0.01},
    "email": {"DELIVERED": 0.97, "BOUNCED": 0.02, "SOFT_BOUNCED": 0.01},
}
"""How often each delivery status happens, by channel (assumed). An address that bounced does not exist; one that
bounced softly may be reached another day."""


@dataclass
class Outcomes:
    """Decides each message's delivery status from the seed and the recipient, whatever order messages come in.

    >>> outcomes = Outcomes(seed=1)
    >>> outcomes.decided["+12025550143"] = "UNDELIVERED"
    >>> outcomes.of("sms", "+12025550143")
    'UNDELIVERED'
    >>> outcomes.of("sms", "+12025550144") == Outcomes(seed=1).of("sms", "+12025550144")
    True
    """

    seed: int
    shares: Mapping[str, Mapping[str, float]] = field(default_factory=lambda: SHARES)
    decided: dict[str, str] = field(default_factory=dict)
    """Recipient -> the status that a test wants for it."""

    def of(self, channel: str, to: str) -> str:
        """Return the delivery status of a message to ``to``."""
        if to in self.decided:
            return self.decided[to]
        shares = self.shares[channel]
        return Random(f"{self.seed}/{channel}/{to}").choices(list(shares), list(shares.values()))[0]
