"""Configuration objects as CX Contact makes them and Configuration Server tells them: rows 10 and 11 have the same.

Names of types and attributes are the Configuration SDK's. What CX Contact writes into which of them is ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from cxmock.contracts.authoring import (
    Given,
    Term,
    each_like,
    from_state,
    given,
    integer,
    like,
    one_of,
    regex,
    stated,
)

SPRING = given("campaign {name} exists", name="Spring")
WINTER = given("campaign {name} exists", name="Winter")
"""No other object refers to this one."""
SPRING_LIST = given("calling list {name} exists", name="Spring")
ASSIGNED = given("campaign {name} is assigned to the outbound agents", name="Spring")
CALLING_LISTS = each_like({"callingListDBID": integer(101), "share": integer(100), "isActive": like(True)}, min=0)
"""Of a campaign."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of objects that CX Contact reads: one of it that is there, and what is told of it alone."""

    name: str
    plural: str
    """As paths of GWS call it."""
    shown: str
    """The name of one that is there."""
    attributes: Mapping[str, Any]
    states: tuple[Given, ...] = ()


KINDS = (
    Kind("AgentGroup", "agent-groups", "Outbound agents", {"agentDBIDs": each_like(integer(102), min=0)}),
    Kind(
        "CallingList",
        "calling-lists",
        "Spring",
        {
            "tableAccessDBID": integer(101),
            "treatmentDBIDs": each_like(integer(101), min=0),
            "timeFrom": integer(28800),
            "timeUntil": integer(64800),
            "maxAttempts": integer(10),
        },
        (SPRING_LIST,),
    ),
    Kind("Campaign", "campaigns", "Spring", {"callingLists": CALLING_LISTS}, (SPRING,)),
    Kind(
        "CampaignGroup",
        "campaign-groups",
        "Spring@Outbound agents",
        {
            "campaignDBID": integer(101),
            "groupDBID": integer(101),
            "dialMode": integer(1),
            "optMethod": integer(1),
            "numOfChannels": integer(10),
            "minRecBuffSize": integer(4),
            "optRecBuffSize": integer(6),
        },
        (ASSIGNED,),
    ),
    Kind("Format", "formats", "CX Contact calling list", {"fieldDBIDs": each_like(integer(101))}),
    Kind(
        "TableAccess",
        "table-accesses",
        "Spring",
        {"dbTableName": like("cxc.cl_spring"), "formatDBID": integer(101)},
        (SPRING_LIST,),
    ),
    Kind("TimeZone", "time-zones", "America/New_York", {}),
    Kind(
        "Treatment",
        "treatments",
        "Retry busy",
        {
            "callResult": integer(6),
            "recActionCode": one_of("RetryIn", "NextInChain"),
            "attempts": integer(3),
            "interval": integer(10),
        },
    ),
)

MEDIA = one_of("voice", "sms", "email")
GROUP_NAME = stated("Autumn@Outbound agents", regex(".+@.+", "Autumn@Outbound agents"))


@dataclass(frozen=True, slots=True)
class New:
    """An object that CX Contact makes."""

    described: str
    kind: str
    plural: str
    name: str
    attributes: Mapping[str, Any]
    """Beside its name and its properties."""
    properties: Mapping[str, Mapping[str, Term]]
    """By section and key."""
    defaults: Mapping[str, Any]
    """What it has without having been given it."""
    states: tuple[Given, ...] = ()
    more: bool = False
    """Whether it may have other properties of its own, too."""

    @property
    def told(self) -> dict[str, Any]:
        """What is told of it when it is made: its own attributes and its defaults."""
        return {**{name: _told(value) for name, value in self.attributes.items()}, **self.defaults}


def _told(value: Any) -> Any:
    """Return what an answer has where the request has a DBID that a provider state gave."""
    if isinstance(value, Term):
        return integer(value.example) if value.expression else replace(value, example=_told(value.example))
    if isinstance(value, list):
        return [_told(part) for part in value]
    return {name: _told(part) for name, part in value.items()} if isinstance(value, dict) else value


def _uri(what: str) -> Term:
    return regex("https?://.+", f"http://127.0.0.1:8888/ocs/{what}")


_CALLBACKS = {
    "validation-uri": _uri("validation"),
    "history-uri": _uri("history"),
    "campaigngroup-states-uri": _uri("campaign-group-states"),
}
_GROUP = {
    "campaignDBID": from_state("${dbid}", 101),
    "groupDBID": integer(101),
    "dialMode": integer(1),
    "optMethod": integer(1),
    "optMethodValue": integer(80),
    "serverDBIDs": each_like(integer(102)),
}
_GROUP_DEFAULTS = {"numOfChannels": integer(10), "minRecBuffSize": integer(4), "optRecBuffSize": integer(6)}


def _group(
    described: str,
    media: str,
    digital: Mapping[str, Term],
    texts: Mapping[str, Term],
    channels: Mapping[str, Term] | None = None,
    more: bool = False,
) -> New:
    """Return a campaign group; OCS goes by one section of its properties, CX Contact by another."""
    return New(
        described,
        "CampaignGroup",
        "campaign-groups",
        "Spring@Outbound agents",
        {**_GROUP, **(channels or {})},
        {
            "OServer": {"media": like(media), **_CALLBACKS, **digital},
            "CXContact": {"media": like(media), "contactList": like("Spring"), **texts},
        },
        {name: value for name, value in _GROUP_DEFAULTS.items() if name not in (channels or {})},
        (SPRING,),
        more,
    )


_DIGITAL = {"digital-dialer-uri": _uri("digital")}
NEW = (
    New(
        "a table access",
        "TableAccess",
        "table-accesses",
        "Autumn",
        {"dbTableName": like("cxc.cl_autumn"), "formatDBID": integer(101)},
        {},
        {},
    ),
    New(
        "a calling list",
        "CallingList",
        "calling-lists",
        "Autumn",
        {"tableAccessDBID": integer(101), "treatmentDBIDs": each_like(integer(101))},
        {},
        {"timeFrom": integer(28800), "timeUntil": integer(64800), "maxAttempts": integer(10)},
        (SPRING_LIST,),
    ),
    New(
        "a campaign on a calling list",
        "Campaign",
        "campaigns",
        "Autumn",
        {
            "callingLists": each_like(
                {"callingListDBID": from_state("${dbid}", 101), "share": integer(100), "isActive": like(True)}
            )
        },
        {"CXContact": {"media": like("voice")}},
        {},
        (SPRING_LIST,),
    ),
    _group("a campaign group that calls", "voice", {}, {}),
    _group(
        "a campaign group that is made from a template",
        "voice",
        {},
        {"template": like("sales"), "callerId": like("+442079460000")},
        {"numOfChannels": integer(3)},
        more=True,
    ),
    _group("a campaign group that sends text messages", "sms", _DIGITAL, {"message": like("Hello {FirstName}")}),
    _group(
        "a campaign group that sends e-mail",
        "email",
        _DIGITAL,
        {"message": like("Hello {FirstName}"), "subject": like("News")},
    ),
)
