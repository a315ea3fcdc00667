"""What a campaign group is made from, in the documented order: session profile, dialing profile, campaign template.

Documented: the order, the types of dialing profiles, that a template brings compliance rules and suppression lists.
Assumed: the fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from cxmock.reference.envelope import Code, Refusal
from cxmock.reference.fields import Choice, Field, Name, Several, Text, Whole
from cxmock.reference.resources import ObjectKind
from cxmock.reference.services.campaign_manager.dialing import MODES, TYPES, Dialing, dialing_of, word
from cxmock.wire.genesys.enumerations import DialMode, OptimizeBy

MOST_CHANNELS: Final = 10_000
GOALS: Final = max(by.goals[-1] for by in OptimizeBy)
_DESCRIPTION = Field("description", Text(), "What it is for.", default="")

SESSION_PROFILES: Final = ObjectKind(
    "session-profiles",
    "session profile",
    (
        _DESCRIPTION,
        Field("channels", Whole(1, MOST_CHANNELS), "Attempts at the same time, at most.", default=10),
        Field("callerId", Text(16, pattern=r"(?:\+[1-9][0-9]{6,14})?"), "The number that is shown.", default=""),
    ),
)


def checked(profile: Mapping[str, Any]) -> Dialing:
    """Return how a dialing profile dials.

    Raises:
        Refusal: its fields make no sense together (651, 652).
    """
    kind = profile["type"]
    dialing = dialing_of(profile, Dialing(MODES[kind][0]))
    if dialing.mode not in MODES[kind]:
        raise Refusal(
            Code.INVALID,
            f'"dialMode" is {word(dialing.mode)}, which a dialing profile of type {kind} cannot have.',
            f"One of: {', '.join(word(mode) for mode in MODES[kind])}.",
        )
    if TYPES[kind] != "voice" and not profile["message"]:
        raise Refusal(Code.MISSING, '"message" is missing.', f"It is the text that a campaign of type {kind} sends.")
    return dialing


DIALING_PROFILES: Final = ObjectKind(
    "dialing-profiles",
    "dialing profile",
    (
        _DESCRIPTION,
        Field("type", Choice(tuple(TYPES)), "Who or what speaks: alert sends SMS, general e-mail.", needed=True),
        Field("sessionProfile", Name(), "The session profile that it builds on.", needed=True),
        Field("dialMode", Choice(tuple(word(mode) for mode in DialMode)), "The mode; else the type's first."),
        Field("optimizeBy", Choice(tuple(word(by) for by in OptimizeBy)), "Of predictive modes: what to aim at."),
        Field("optimizeGoal", Whole(0, GOALS), "And the goal of that: per cent or seconds."),
        Field("message", Text(), "The text of SMS and e-mail, with {holes}.", default=""),
        Field("subject", Text(255), "Of e-mail.", default=""),
        Field("sender", Text(255), "Whom messages are from; empty: as Dial Manager has it.", default=""),
    ),
    check=checked,
)

CAMPAIGN_TEMPLATES: Final = ObjectKind(
    "campaign-templates",
    "campaign template",
    (
        _DESCRIPTION,
        Field("dialingProfile", Name(), "The dialing profile that it builds on.", needed=True),
        Field("rules", Several(Name()), "Compliance rules beside the required ones: given neither, all hold."),
        Field("suppressionLists", Several(Name()), "Suppression lists likewise."),
    ),
)

LINKS: Final[Mapping[str, tuple[str, ObjectKind]]] = {
    DIALING_PROFILES.name: ("sessionProfile", SESSION_PROFILES),
    CAMPAIGN_TEMPLATES.name: ("dialingProfile", DIALING_PROFILES),
}
"""Kind -> the field by which its objects name an earlier one, and the kind of that."""
