"""What a campaign group can do in which state, and between which modes it can change while it dials: tables.

The words of states are observed, but for ``Paused``, which is ours, as the first table is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cxmock.errors.base import nearest
from cxmock.reference.envelope import Code, Refusal
from cxmock.wire.genesys.enumerations import DialMode

NOT_LOADED: Final = "NotLoaded"
ACTIVE: Final = "Active"
RUNNING: Final = "Running"
PAUSED: Final = "Paused"
INACTIVE: Final = "InActive"
LEAVING: Final = ("WaitingUnload", "UnloadInProgress", "Unloading")

COMMANDS: Final[Mapping[str, str]] = {
    "load": "load-campaign",
    "start": "start-dialing",
    "pause": "pause-dialing",
    "resume": "resume-dialing",
    "stop": "stop-dialing",
    "unload": "unload-campaign",
    "force-unload": "force-unload-campaign",
    "dial-mode": "set-dialing-mode",
}
"""What can be done with a campaign group, and GWS's verb for it."""

ALLOWED: Final[Mapping[str, tuple[str, ...]]] = {
    "load": (NOT_LOADED,),
    "start": (ACTIVE,),
    "pause": (RUNNING,),
    "resume": (PAUSED,),
    "stop": (RUNNING, PAUSED),
    "unload": (ACTIVE, PAUSED, INACTIVE),
    "force-unload": (ACTIVE, RUNNING, PAUSED, INACTIVE, *LEAVING),
    "dial-mode": (ACTIVE, RUNNING, PAUSED),
}
"""The states in which a command makes sense (assumed)."""

CHANGES: Final[tuple[frozenset[DialMode], ...]] = (
    frozenset({DialMode.PREDICT, DialMode.PROGRESS}),
    frozenset({DialMode.PREDICT_AND_SEIZE, DialMode.PROGRESS_AND_SEIZE}),
    frozenset({DialMode.PREDICT_GVP, DialMode.PROGRESS_GVP}),
)
"""Modes between which a campaign group that dials can change; the first two pairs are documented, the third assumed."""

OPTIMIZED: Final = (DialMode.PREDICT, DialMode.PREDICT_AND_SEIZE, DialMode.PREDICT_GVP)
"""Modes that optimize something: progressive, preview and power dialing do not."""


def expect(name: str, command: str, now: str) -> None:
    """Refuse a command that there is not (604), or that makes no sense in state ``now`` (409)."""
    if command not in COMMANDS:
        raise Refusal(Code.NOT_FOUND, f'A campaign group cannot "{command:.40}".', nearest(command, list(COMMANDS)))
    if now not in ALLOWED[command]:
        possible = ", ".join(one for one, states in ALLOWED.items() if now in states) or "nothing"
        raise Refusal(
            Code.CONFLICT,
            f'"{name}" is {now}; it cannot {command}.',
            f"It can when it is {' or '.join(ALLOWED[command])}. Now it can: {possible}.",
        )


def expect_change(name: str, now: DialMode, to: DialMode) -> None:
    """Refuse (409) a change of modes that a campaign group cannot make while it dials."""
    if now is to or {now, to} in CHANGES:
        return
    partners = [f"{one.name} ({one:d})" for pair in CHANGES if now in pair for one in pair - {now}]
    raise Refusal(
        Code.CONFLICT,
        f'"{name}" dials in mode {now.name} ({now:d}); it cannot change to {to.name} ({to:d}).',
        f"While it dials it can change to {' or '.join(partners) or 'no other mode'}. Pause or stop it first.",
    )
