"""All objects, and the four things that can be done to them. What is refused changes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from typing import Any, Final

from cxmock.errors import nearest
from cxmock.fakes.confserv.objects import (
    COMMON,
    ROOT_FOLDER,
    TYPES,
    Object,
    ObjectType,
    check_shape,
    object_type,
    references,
)
from cxmock.serving.genesys import Refused
from cxmock.wire.genesys.enumerations import ErrorCode

FIRST_DBID: Final = 101
_FIXED: Final = ("DBID", "tenantDBID", "campaignDBID")
_MERGED: Final = ("userProperties", "options")


class Store:
    """The objects of one tenant."""

    def __init__(self, tenant: int = FIRST_DBID) -> None:
        self.objects: dict[str, dict[int, Object]] = {name: {} for name in TYPES}
        """Type -> DBID -> object."""
        self._next = dict.fromkeys(TYPES, FIRST_DBID)
        self._tenant = tenant

    def read(self, type_name: object, filters: dict[str, Any]) -> list[Object]:
        """Return the objects that every filter lets through, by DBID.

        A filter is an attribute, or its key in the Configuration SDK (``campaign_dbid``), and a value: an object passes
        when it has that value, has it in its list, or has one of several values given; ``*`` in a text stands for any
        characters.
        """
        kind = object_type(type_name)
        wanted = [(_filter_attribute(kind, key), value) for key, value in filters.items()]
        every = self.objects[kind.name].values()
        found = [one for one in every if all(_passes(one.get(name), value) for name, value in wanted)]
        return sorted(found, key=lambda one: int(one["DBID"]))

    def get(self, type_name: object, dbid: object) -> Object:
        """Return the object of that DBID."""
        kind = object_type(type_name)
        if isinstance(dbid, int) and (one := self.objects[kind.name].get(dbid)) is not None:
            return one
        raise Refused(ErrorCode.NOT_FOUND, f"There is no {kind.name} {dbid!r}.")

    def named(self, type_name: object, name: str) -> Object | None:
        """Return the first object of that name (of a person: user name)."""
        kind = object_type(type_name)
        return next((one for one in self.objects[kind.name].values() if one.get(kind.unique) == name), None)

    def create(self, type_name: object, attributes: Object, *, dbid: int | None = None) -> Object:
        """Add an object and return it, with its defaults and its DBID."""
        kind = object_type(type_name)
        if "DBID" in attributes:
            raise Refused(ErrorCode.INVALID, "A DBID is given by Configuration Server; it cannot be chosen.")
        one = self._default(kind, {name: value for name, value in deepcopy(attributes).items() if value is not None})
        self._name(kind, one)
        self._check(kind, one)
        number = self._next[kind.name] if dbid is None else dbid
        if number in self.objects[kind.name]:
            raise Refused(ErrorCode.EXISTS, f"There is a {kind.name} {number} already.")
        self._next[kind.name] = max(self._next[kind.name], number + 1)
        self.objects[kind.name][number] = one = {"DBID": number, **one}
        return one

    def fill(self, type_name: str, objects: Iterable[Object]) -> None:
        """Add many objects that are known to be right, without holding each against all others."""
        kind = TYPES[type_name]
        first = self._next[type_name]
        filled = {dbid: {"DBID": dbid, **self._default(kind, one)} for dbid, one in enumerate(objects, first)}
        self.objects[type_name] |= filled
        self._next[type_name] += len(filled)

    def update(self, type_name: object, dbid: object, changes: Object) -> Object:
        """Change an object and return the delta: the attributes that are now different.

        None removes an attribute, or gives it its default back. Properties are merged by section and key; None removes
        there, too.
        """
        kind = object_type(type_name)
        old = self.get(type_name, dbid)
        new = deepcopy(old)
        for name, value in deepcopy(changes).items():
            if name in _FIXED and value != old.get(name):
                raise Refused(ErrorCode.INVALID, f"{name} of a {kind.name} cannot be changed.")
            if name in _MERGED and isinstance(value, dict):
                new[name] = _merge(new.get(name, {}), value)
            elif value is None:
                new.pop(name, None)
                if name in kind.defaults:
                    new[name] = deepcopy(kind.defaults[name])
            else:
                new[name] = value
        self._check(kind, new)
        # A new dict takes the old one's place: whoever holds the old one keeps what they were given.
        self.objects[kind.name][old["DBID"]] = new
        names = {*old, *new}
        return {name: new.get(name) for name in sorted(names) if old.get(name) != new.get(name)}

    def delete(self, type_name: object, dbid: object) -> Object:
        """Remove an object to which no other refers, and return it. Its DBID is never used again."""
        kind = object_type(type_name)
        one = self.get(type_name, dbid)
        for other in TYPES.values():
            for user in self.objects[other.name].values():
                if any((wanted, number) == (kind.name, dbid) for _, wanted, number in references(other, user)):
                    by = f"{other.name} {user['DBID']} ({user.get(other.unique)})"
                    raise Refused(ErrorCode.IN_USE, f"{kind.name} {dbid} is used by {by}.")
        return self.objects[kind.name].pop(one["DBID"])

    def _default(self, kind: ObjectType, given: Object) -> Object:
        """Return an object with what every object has and what those of its type have by default."""
        return {
            "state": 1,
            **({} if kind.name == "Tenant" else {"tenantDBID": self._tenant}),
            **({} if kind.name in ("Tenant", "Folder") else {"folder": ROOT_FOLDER}),
            "userProperties": {},
            **deepcopy(dict(kind.defaults)),
            **given,
        }

    def _name(self, kind: ObjectType, one: Object) -> None:
        """Give a campaign group the name ``campaign@group``, and a person its user name, where none is said."""
        if kind.name == "CampaignGroup" and "name" not in one:
            campaign = self.objects["Campaign"].get(one.get("campaignDBID", 0), {}).get("name", "")
            group = self.objects["AgentGroup"].get(one.get("groupDBID", 0), {}).get("name", "")
            one["name"] = f"{campaign}@{group}"
        elif kind.unique != "name" and kind.unique in one:
            one.setdefault("name", one[kind.unique])

    def _check(self, kind: ObjectType, one: Object) -> None:
        check_shape(kind, one)
        for attribute, wanted, number in references(kind, one):
            if number not in self.objects[wanted]:
                raise Refused(ErrorCode.INVALID, f"{attribute} names {wanted} {number!r}, which does not exist.")
        self._unique(kind, one, (kind.unique, *([kind.within] if kind.within else [])))
        if kind.name == "CampaignGroup":
            # OCS is asked by campaign and group, so they have to tell campaign groups apart.
            self._unique(kind, one, ("groupDBID", "campaignDBID"))

    def _unique(self, kind: ObjectType, one: Object, names: tuple[str, ...]) -> None:
        key = [one.get(name) for name in names]
        for other in self.objects[kind.name].values():
            if other["DBID"] != one.get("DBID") and [other.get(name) for name in names] == key:
                among = f" in {names[1]} {key[1]}" if len(names) > 1 else ""
                raise Refused(
                    ErrorCode.EXISTS,
                    f"There is a {kind.name} with {names[0]} {key[0]!r}{among} already: {other['DBID']}.",
                )


def _filter_attribute(kind: ObjectType, key: str) -> str:
    """Return the attribute that a filter key means: itself, an alias, or ``campaign_dbid`` for ``campaignDBID``."""
    if key in kind.aliases:
        return kind.aliases[key]
    plain = key.replace("_", "").lower()
    for attribute in (*COMMON, *kind.attributes):
        if plain == attribute.lower():
            return attribute
    hint = nearest(key, [*COMMON, *kind.attributes])
    raise Refused(ErrorCode.INVALID, f"{kind.name} has no filter {key}. {hint}")


def _passes(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, list):
        return any(_passes(value, one) for one in wanted)
    if isinstance(value, list):
        return any(_passes(one, wanted) for one in value)
    if isinstance(value, dict):
        return any(_passes(one, wanted) for name, one in value.items() if name.endswith("DBID"))
    if isinstance(value, str) and isinstance(wanted, str) and "*" in wanted:
        return _like(value, wanted)
    return bool(value == wanted)


def _like(text: str, pattern: str) -> bool:
    """Return whether ``text`` is like ``pattern``, in linear time whatever the pattern.

    >>> [_like("spring@sales", pattern) for pattern in ("spring*", "*@*s", "*", "*x*", "spring@sales*s")]
    [True, True, True, False, False]
    """
    first, *middle, last = pattern.split("*")
    if not text.startswith(first) or not text[len(first) :].endswith(last):
        return False
    rest = text[len(first) : len(text) - len(last)]
    for part in middle:
        _, found, rest = rest.partition(part) if part else ("", "*", rest)
        if not found:
            return False
    return True


def _merge(old: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Return sections ``old`` with ``changes`` merged in, section by section and key by key.

    >>> _merge({"OServer": {"a": 1, "b": 2}, "x": {}}, {"OServer": {"b": None, "c": 3}, "x": None})
    {'OServer': {'a': 1, 'c': 3}}
    """
    merged = dict(old)
    for section, keys in changes.items():
        if keys is None:
            merged.pop(section, None)
        elif isinstance(keys, dict):
            both = {**merged.get(section, {}), **keys}
            merged[section] = {key: value for key, value in both.items() if value is not None}
        else:
            merged[section] = keys
    return merged
