"""The types of configuration objects, and what makes an object of each a valid one.

Types, their numbers, the common attributes and the rules of a campaign group are documented or observed. The other
attributes carry the names of the Configuration SDK where those are public; ``recActionCode`` as a word is assumed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from cxmock.errors import nearest
from cxmock.serving.genesys import Refused
from cxmock.wire.genesys.enumerations import OBJECT_TYPES, CallResult, DialMode, ErrorCode, OptimizeBy

Object = dict[str, Any]
COMMON: Final = ("DBID", "tenantDBID", "name", "description", "state", "folder", "userProperties")
"""What every object has; ``state`` is 1 (enabled) or 2 (disabled), ``userProperties`` section -> key -> value."""
ROOT_FOLDER: Final = 101
RECORD_ACTIONS: Final = (
    *("NoTreatment", "MarkAllChain", "Cycle", "RetryIn", "RetryAt", "NextInChain", "NextInChainAfter"),
    *("NextInChainAt", "AssignToGroup", "MarkAsAgentError"),
)
"""What a treatment does with a record: the actions are documented, as words they are ours."""
_TIMED_ACTIONS: Final = ("RetryAt", "NextInChainAt")


@dataclass(frozen=True, slots=True)
class ObjectType:
    """A type of objects. An attribute ``xDBID`` is a number, ``xDBIDs`` a list of them."""

    name: str
    attributes: tuple[str, ...] = ()
    """Beyond the common ones."""
    mandatory: tuple[str, ...] = ("name",)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    references: Mapping[str, str] = field(default_factory=dict)
    """Attribute -> type of what its DBIDs name; ``callingLists.callingListDBID`` reaches into a list of mappings."""
    unique: str = "name"
    """The attribute by which people tell objects of this type apart."""
    within: str = ""
    """Where :attr:`unique` need only be unique among objects that share this attribute."""
    aliases: Mapping[str, str] = field(default_factory=dict)
    """Filter keys that no rule gives: ``person_dbid`` of an agent group."""
    check: Callable[[Object], None] = lambda one: None
    """Further rules; raises :class:`Refused`."""

    @property
    def number(self) -> int:
        """The type's number in the Configuration SDK."""
        return OBJECT_TYPES[self.name]

    def known(self, attribute: str) -> bool:
        """Whether objects of this type can have ``attribute``."""
        return attribute in COMMON or attribute in self.attributes


def _range(one: Object, attribute: str, low: int, high: int) -> None:
    value = one.get(attribute)
    if value is not None and (not isinstance(value, int) or not low <= value <= high):
        raise Refused(ErrorCode.INVALID, f"{attribute} is {value!r}; it has to be between {low} and {high}.")


def _member(one: Object, attribute: str, allowed: list[int]) -> None:
    if one.get(attribute) is not None and one[attribute] not in allowed:
        values = ", ".join(map(str, allowed))
        raise Refused(ErrorCode.INVALID, f"{attribute} is {one[attribute]!r}; it has to be one of {values}.")


def _campaign_group(one: Object) -> None:
    _member(one, "dialMode", list(DialMode))
    _member(one, "optMethod", list(OptimizeBy))
    _range(one, "numOfChannels", 1, 10_000)
    _range(one, "minRecBuffSize", 1, 10_000)
    _range(one, "optRecBuffSize", 1, 10_000)
    if one["optRecBuffSize"] <= one["minRecBuffSize"]:
        raise Refused(
            ErrorCode.INVALID,
            f"optRecBuffSize is {one['optRecBuffSize']}; it has to exceed minRecBuffSize, {one['minRecBuffSize']}.",
        )
    aim = OptimizeBy(one["optMethod"])
    one.setdefault("optMethodValue", aim.default_goal)
    _range(one, "optMethodValue", 0, aim.goals[-1])


def _treatment(one: Object) -> None:
    _member(one, "callResult", list(CallResult))
    _range(one, "interval", 0, 60 * 24 * 365)
    _range(one, "increment", 0, 60 * 24 * 365)
    _range(one, "attempts", 1, 1000)
    _range(one, "dateTime", 0, 2**31 - 1)
    if one["recActionCode"] not in RECORD_ACTIONS:
        hint = nearest(str(one["recActionCode"]), list(RECORD_ACTIONS))
        raise Refused(ErrorCode.INVALID, f"recActionCode is {one['recActionCode']!r}. {hint}")
    if one["recActionCode"] in _TIMED_ACTIONS and one.get("dateTime") is None:
        raise Refused(ErrorCode.INVALID, f"{one['recActionCode']} needs dateTime, in UTC seconds.")


def _campaign(one: Object) -> None:
    entries = one["callingLists"]
    if not isinstance(entries, list) or not all(
        isinstance(entry, dict) and _is_dbid(entry.get("callingListDBID")) for entry in entries
    ):
        raise Refused(ErrorCode.INVALID, "callingLists is a list of {callingListDBID, share, isActive}.")


TYPES: Final[Mapping[str, ObjectType]] = {
    kind.name: kind
    for kind in (
        ObjectType("Switch", ("type",)),
        ObjectType("DN", ("number", "type", "switchDBID"), references={"switchDBID": "Switch"}, within="switchDBID"),
        ObjectType(
            "Person",
            ("userName", "employeeID", "firstName", "lastName", "emailAddress", "isAgent", "externalID"),
            mandatory=("userName",),
            defaults={"isAgent": False},
            unique="userName",
            aliases={"person_dbid": "DBID"},
        ),
        ObjectType(
            "AgentGroup",
            ("agentDBIDs", "managerDBIDs"),
            defaults={"agentDBIDs": []},
            references={"agentDBIDs": "Person", "managerDBIDs": "Person"},
            aliases={"person_dbid": "agentDBIDs"},
        ),
        ObjectType("Tenant"),
        ObjectType("Application", ("type", "version", "host", "port", "options"), defaults={"options": {}}),
        ObjectType("Script", ("type",)),
        ObjectType("Transaction", ("type", "alias")),
        ObjectType("Folder", ("type",)),
        ObjectType("Field", ("type", "length", "fieldType", "isPrimaryKey", "isUnique", "isNullable")),
        ObjectType("Format", ("fieldDBIDs",), defaults={"fieldDBIDs": []}, references={"fieldDBIDs": "Field"}),
        ObjectType(
            "TableAccess",
            ("type", "dbTableName", "formatDBID", "isCachable"),
            mandatory=("name", "dbTableName"),
            references={"formatDBID": "Format"},
        ),
        ObjectType(
            "CallingList",
            (
                *("tableAccessDBID", "filterDBID", "logTableAccessDBID", "scriptDBID"),
                *("treatmentDBIDs", "timeFrom", "timeUntil", "maxAttempts"),
            ),
            mandatory=("name", "tableAccessDBID"),
            defaults={"treatmentDBIDs": [], "timeFrom": 28800, "timeUntil": 64800, "maxAttempts": 10},
            references={
                "tableAccessDBID": "TableAccess",
                "filterDBID": "Filter",
                "logTableAccessDBID": "TableAccess",
                "scriptDBID": "Script",
                "treatmentDBIDs": "Treatment",
            },
        ),
        ObjectType(
            "Campaign",
            ("callingLists", "scriptDBID"),
            defaults={"callingLists": []},
            references={"callingLists.callingListDBID": "CallingList", "scriptDBID": "Script"},
            aliases={"calling_list_dbid": "callingLists"},
            check=_campaign,
        ),
        ObjectType(
            "Treatment",
            ("callResult", "recActionCode", "attempts", "interval", "increment", "dateTime"),
            mandatory=("name", "callResult", "recActionCode"),
            defaults={"attempts": 1, "interval": 0},
            check=_treatment,
        ),
        ObjectType("Filter", ("formatDBID",), references={"formatDBID": "Format"}),
        ObjectType("TimeZone", ("offset", "isDSTObserved")),
        ObjectType("Enumerator", ("type", "displayName")),
        ObjectType(
            "CampaignGroup",
            (
                *("campaignDBID", "groupDBID", "dialMode", "optMethod", "optMethodValue", "numOfChannels"),
                *("minRecBuffSize", "optRecBuffSize", "origDNDBID", "serverDBIDs", "scriptDBID"),
            ),
            mandatory=("campaignDBID", "groupDBID"),
            defaults={"dialMode": 1, "optMethod": 1, "numOfChannels": 10, "minRecBuffSize": 4, "optRecBuffSize": 6},
            references={
                "campaignDBID": "Campaign",
                "groupDBID": "AgentGroup",
                "origDNDBID": "DN",
                "serverDBIDs": "Application",
                "scriptDBID": "Script",
            },
            within="campaignDBID",
            check=_campaign_group,
        ),
        ObjectType("Role"),
    )
}
"""Every type that this server keeps, by name."""


def object_type(name: object) -> ObjectType:
    """Return the type that ``name`` (or its number) names.

    >>> object_type("CallingList").number, object_type(27).name
    (26, 'Campaign')
    """
    for kind in TYPES.values():
        if name in (kind.name, kind.number):
            return kind
    raise Refused(ErrorCode.INVALID, f"There is no object type {name!r} here. {nearest(str(name), list(TYPES))}")


def check_shape(kind: ObjectType, one: Object) -> None:
    """See that attributes are known, the mandatory ones there, and each of a sane kind.

    Raises:
        Refused: they are not.
    """
    for attribute, value in one.items():
        if not kind.known(attribute):
            hint = nearest(attribute, [*COMMON, *kind.attributes])
            raise Refused(ErrorCode.INVALID, f"{kind.name} has no attribute {attribute}. {hint}")
        if (expected := _mistaken(attribute, value)) is not None:
            raise Refused(ErrorCode.INVALID, f"{attribute} is {value!r}; it has to be {expected}.")
    for attribute in kind.mandatory:
        if one.get(attribute) in (None, ""):
            raise Refused(ErrorCode.MISSING, f"{kind.name} needs the attribute {attribute}.")
    _member(one, "state", [1, 2])
    kind.check(one)


def references(kind: ObjectType, one: Object) -> Iterator[tuple[str, str, int]]:
    """Yield attribute, type and DBID of everything that an object refers to."""
    for path, wanted in kind.references.items():
        attribute, _, inner = path.partition(".")
        value = one.get(attribute)
        if value is None:
            continue
        for entry in value if isinstance(value, list) else [value]:
            yield attribute, wanted, entry[inner] if inner else entry


def _mistaken(attribute: str, value: Any) -> str | None:
    """Return what ``value`` should have been, judged by the attribute's name; None when it may be."""
    if attribute.endswith("DBID"):
        return None if _is_dbid(value) else "a DBID"
    if attribute.endswith("DBIDs"):
        return None if isinstance(value, list) and all(map(_is_dbid, value)) else "a list of DBIDs"
    if attribute in ("userProperties", "options"):
        right = isinstance(value, dict) and all(isinstance(section, dict) for section in value.values())
        return None if right else "section -> key -> value"
    if attribute in ("name", "userName", "dbTableName"):
        return None if isinstance(value, str) and len(value) <= 255 else "a text of at most 255 characters"
    return None


def _is_dbid(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0
