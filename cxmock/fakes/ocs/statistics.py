"""What a campaign group has done so far.

In a real contact centre Stat Server counts this, and GWS's statistics API asks Stat Server. Here OCS takes that place:
the figures travel in the attributes of ``CampaignStatus``, where GWS finds them (assumed).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from cxmock.fakes.ocs.treatments import answered
from cxmock.wire.genesys.enumerations import CallResult


@dataclass
class Statistics:
    """The counters of one campaign group, from its loading on."""

    dialed: int = 0
    """Attempts that were made (or messages handed on)."""
    blocked: int = 0
    """Attempts that pre-dial validation or a do-not-call entry forbade."""
    rescheduled: int = 0
    finished: int = 0
    """Records that are done."""
    answered: int = 0
    """Attempts that somebody answered."""
    overdialed: int = 0
    """Attempts that somebody answered while no agent was ready."""
    missed: int = 0
    """Callbacks that were not made in time."""
    results: Counter[int] = field(default_factory=Counter)
    """Call result -> attempts, blocked ones included."""

    def count(self, result: int, *, dialed: bool, again: bool) -> None:
        """Count an attempt that has ended.

        Args:
            result: how.
            dialed: whether it was made at all.
            again: whether the same device is to be tried again.
        """
        self.results[result] += 1
        self.dialed += dialed
        self.blocked += not dialed
        self.answered += answered(result)
        self.rescheduled += again
        self.finished += not again

    @property
    def hit_ratio(self) -> float | None:
        """Per cent of the attempts that were answered; None before the first."""
        return round(100 * self.answered / self.dialed, 2) if self.dialed else None

    @property
    def overdial_rate(self) -> float | None:
        """Per cent of the answered attempts for which no agent was ready; None before the first."""
        return round(100 * self.overdialed / self.answered, 2) if self.answered else None

    def as_attributes(self) -> dict[str, Any]:
        """Return the counters as ``CampaignStatus`` carries them."""
        return {
            "dialed": self.dialed,
            "answered": self.answered,
            "busy": self.results[CallResult.BUSY],
            "noAnswer": self.results[CallResult.NO_ANSWER],
            "answeringMachine": self.results[CallResult.ANSWERING_MACHINE],
            "blocked": self.blocked,
            "rescheduled": self.rescheduled,
            "finished": self.finished,
            "overdialed": self.overdialed,
            "missed": self.missed,
            "hitRatio": self.hit_ratio,
            "overdialRate": self.overdial_rate,
            "results": {str(int(result)): count for result, count in sorted(self.results.items())},
        }
