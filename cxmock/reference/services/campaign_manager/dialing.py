"""How a campaign dials: its mode, what that optimizes, and the goal of it, read from requests and checked.

Observed: the modes, and the ranges and defaults of goals. Documented: that goals count in predictive modes only.
Assumed: that others take none, and which types of dialing profiles have which modes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final, TypeVar

from cxmock.reference.envelope import Code, Refusal
from cxmock.reference.services.campaign_manager.states import OPTIMIZED
from cxmock.wire.genesys.enumerations import DialMode, OptimizeBy

M = TypeVar("M", bound=IntEnum)

MEDIA: Final = ("voice", "sms", "email")

TYPES: Final[Mapping[str, str]] = {"agent": "voice", "ivr": "voice", "alert": "sms", "general": "email"}
"""The types of dialing profiles (documented), and the medium of each: alerts are text messages, general is e-mail."""

MODES: Final[Mapping[str, tuple[DialMode, ...]]] = {
    "agent": (
        DialMode.PREDICT,
        DialMode.PROGRESS,
        DialMode.PREVIEW,
        DialMode.PUSH_PREVIEW,
        DialMode.PREDICT_AND_SEIZE,
        DialMode.PROGRESS_AND_SEIZE,
    ),
    "ivr": (DialMode.POWER, DialMode.POWER_GVP, DialMode.PREDICT_GVP, DialMode.PROGRESS_GVP),
    "alert": (DialMode.POWER,),
    "general": (DialMode.POWER,),
}
"""The modes that a type of dialing profile can have, its default first."""


@dataclass(frozen=True, slots=True)
class Dialing:
    """A mode, what it optimizes and the goal of that; where a mode optimizes nothing, what Configuration has anyway."""

    mode: DialMode
    by: OptimizeBy = OptimizeBy.BUSY_FACTOR
    goal: int = OptimizeBy.BUSY_FACTOR.default_goal


def word(member: IntEnum) -> str:
    """Return how the API spells a mode or what it optimizes.

    >>> word(DialMode.PROGRESS_GVP)
    'progress-gvp'
    """
    return member.name.lower().replace("_", "-")


def dialing_of(data: Mapping[str, Any], default: Dialing) -> Dialing:
    """Return how a request wants to dial: ``dialMode``, ``optimizeBy``, ``optimizeGoal``; else as by ``default``.

    Raises:
        Refusal: a value is none, out of range, or makes no sense with the mode (652).
    """
    mode = enumerated("dialMode", data.get("dialMode"), default.mode)
    said = [name for name in ("optimizeBy", "optimizeGoal") if data.get(name) is not None]
    by = enumerated("optimizeBy", data.get("optimizeBy"), default.by)
    goal = data.get("optimizeGoal")
    if goal is None:
        goal = default.goal if by is default.by else by.default_goal
    if type(goal) is not int:
        raise Refusal(Code.INVALID, f'"optimizeGoal" is to be a whole number, not {goal!r:.60}.')
    if goal not in by.goals:
        raise Refusal(
            Code.INVALID,
            f'"optimizeGoal" is {goal}.',
            f"From {by.goals[0]} to {by.goals[-1]} is possible for {word(by)}.",
        )
    if said and mode not in OPTIMIZED:
        raise Refusal(
            Code.INVALID,
            f'"{said[0]}" makes no sense in mode {word(mode)}: it optimizes nothing.',
            f"Leave it out, or dial in one of: {', '.join(word(one) for one in OPTIMIZED)}.",
        )
    return Dialing(mode, by, goal)


def enumerated(name: str, value: object, default: M) -> M:
    """Return the member that a number or a name (``Predict``, ``progress-gvp``) means.

    Raises:
        Refusal: it means none (652).
    """
    kind: type[M] = type(default)
    if value is None:
        return default
    if isinstance(value, str | int) and not isinstance(value, bool):
        said = re.sub("[-_ ]", "", str(value)).lower()
        for member in kind:
            if said in (str(member.value), member.name.replace("_", "").lower()):
                return member
    known = ", ".join(f"{member.value} {member.name}" for member in kind)
    raise Refusal(Code.INVALID, f'"{name}" is {value!r:.60}.', f"One of: {known}.")
