"""Row 1: what the fields of whole requests may hold, the same for many kinds of objects."""

from __future__ import annotations

from dataclasses import replace

from cxmock.contracts.authoring import (
    Term,
    boolean,
    integer,
    keyed,
    like,
    null_or,
    one_of,
    regex,
)
from cxmock.contracts.authoring.compliance import LAST_MOMENT

ADA = "ClientID,FirstName,Device1,Country\nC-1,Ada,+12025550143,US\n"
"""A file of one contact."""
MODE_WORDS = (
    *("predict", "progress", "preview", "progress-and-seize", "predict-and-seize", "power", "push-preview"),
    *("progress-gvp", "predict-gvp", "power-gvp"),
)
GOAL_WORDS = ("busy-factor", "overdial-rate", "wait-time", "distribution-time")


def _word_or_number(*words: str) -> Term:
    """Promise null, one of some words, or the number that stands for one."""
    matchers = ({"match": "null"}, {"match": "integer"}, *one_of(*words).matchers)
    return Term(words[0], matchers, combine="OR")


def nothing_or(term: Term) -> Term:
    """Promise null or what ``term`` promises, and show null."""
    return replace(null_or(term), example=None)


def condition() -> Term:
    """Promise a condition, however deep: one on a field, or one of others."""
    keys = {"match": "eachKey", "rules": [{"match": "regex", "regex": "^(?:field|operator|value|and|or|not)$"}]}
    return Term({"field": "Country", "operator": "equals", "value": "GB"}, (keys,))


TEXT, YES_NO, NAME = like(""), boolean(True), like("Spring")
DESCRIPTION = null_or(like("for the spring"))
DIAL_MODE, OPTIMIZE_BY = _word_or_number(*MODE_WORDS), _word_or_number(*GOAL_WORDS)
DIALING_WORDS = {
    "dialMode": null_or(one_of(*MODE_WORDS)),
    "optimizeBy": null_or(one_of(*GOAL_WORDS)),
    "optimizeGoal": null_or(integer(80)),
}
DELIMITER = null_or(one_of("", "comma", "pipe", "colon", "tab", "semicolon"))
CHANNEL = null_or(one_of("voice", "sms", "email", ""))
COUNTRY = null_or(regex("([A-Z]{2})?", "US"))
EXPIRES = null_or(integer(LAST_MOMENT))
CONTACT = keyed({"FirstName": like("Ada")})
