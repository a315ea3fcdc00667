"""Suppression lists apart from their files: how long and for whom they hold, their single entries, their end.

PostgreSQL has the lists (row 7) and Redis what validations look at (row 5). A change is made in PostgreSQL, then in
Redis, then committed: whatever fails on the way leaves PostgreSQL as it was, and may be asked for again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cxmock.reference.envelope import Code, Refusal, given, one_of
from cxmock.reference.keys import OPT_OUT_LIST
from cxmock.reference.runtime import Runtime
from cxmock.reference.services.list_builder.catalogue import Catalogue, Row
from cxmock.reference.services.list_builder.suppression import entry_of
from cxmock.wire.http import to_json

CHANNELS = ("", "voice", "sms", "email")
"""Empty: every channel."""
LAST_MOMENT = 2**31 - 1
"""The last moment that the database's columns hold, in UTC seconds."""
PERMANENT = 0


async def lists(runtime: Runtime, name: str | None = None) -> list[Row]:
    """Return the suppression lists (or the one of that name); the default list of opt-outs is always among them.

    Dial Manager puts opt-outs there, in PostgreSQL and in Redis, as this module does.
    """
    async with runtime.postgres.transaction() as connection:
        found = {one["name"]: one for one in await Catalogue(connection).suppression_lists(name)}
    if name in (None, OPT_OUT_LIST):
        default = {"name": OPT_OUT_LIST, "type": "Device", "channel": "sms", "required": True, "expires": None}
        entries = await runtime.redis.hlen(runtime.keys.suppression_list(OPT_OUT_LIST))
        found[OPT_OUT_LIST] = {"created": 0, **default, **found.get(OPT_OUT_LIST, {}), "entries": entries}
    return [found[name] for name in sorted(found)]


async def change(runtime: Runtime, name: str, data: Mapping[str, Any]) -> Row:
    """Change a list's ``channel``, ``required`` or ``expires``; return the list.

    Raises:
        Refusal: there is no such list, it is the default one, or what it is to become cannot be.
    """
    _not_the_default(name, "changed")
    async with runtime.postgres.transaction() as connection:
        catalogue = Catalogue(connection)
        found = await _locked(catalogue, name)
        changed = {
            "type": found["type"],
            "channel": one_of("channel", given(data, "channel", found["channel"]), CHANNELS),
            "required": given(data, "required", found["required"]),
            "expires": moment(runtime, data) if "expires" in data else found["expires"] or PERMANENT,
        }
        await catalogue.change_suppression(name, changed["channel"], changed["required"], changed["expires"] or None)
        await _tell(runtime, [("HSET", runtime.keys.suppression_lists, name, to_json(changed))])
    return {**found, **changed, "expires": changed["expires"] or None}


async def remove(runtime: Runtime, name: str) -> None:
    """Remove a list and its entries; it holds no more at once.

    Raises:
        Refusal: there is no such list, or it is the default one.
    """
    _not_the_default(name, "removed")
    keys = runtime.keys
    async with runtime.postgres.transaction() as connection:
        catalogue = Catalogue(connection)
        await _locked(catalogue, name)
        await catalogue.remove_suppression(name)
        await _tell(runtime, [("HDEL", keys.suppression_lists, name), ("DEL", keys.suppression_list(name))])


async def add(runtime: Runtime, name: str, told: Sequence[str], data: Mapping[str, Any]) -> Row:
    """Put entries on a list, all or none, until ``expires`` (without it for ever); return the list.

    Raises:
        Refusal: there is no such list, or one of the entries cannot be one.
    """
    country, until = given(data, "country", "US").upper(), moment(runtime, data)
    if not told:
        raise Refusal(Code.MISSING, '"entries" is missing.', "Name the devices or client ids.")
    async with runtime.postgres.transaction() as connection:
        catalogue = Catalogue(connection)
        if name == OPT_OUT_LIST:
            now = runtime.clock.now()
            await catalogue.open_suppression(name, "Device", "sms", required=True, now=now)
        found = await _locked(catalogue, name)
        entries = []
        for one in told:
            entry, problem = entry_of(one.strip(), found["type"], country)
            if problem:
                raise Refusal(Code.INVALID, f'"entries" has {one!r:.60}: {problem}.', "Nothing was put on the list.")
            entries.append(entry)
        entries = sorted(set(entries))
        size = await catalogue.add_entries(found["id"], entries, until or None)
        about = {key: found[key] for key in ("type", "channel", "required")} | {
            "expires": found["expires"] or PERMANENT
        }
        await _tell(
            runtime,
            [
                ("HSET", runtime.keys.suppression_list(name), *(word for one in entries for word in (one, str(until)))),
                ("HSET", runtime.keys.suppression_lists, name, to_json(about)),
            ],
        )
    return {"name": name, "added": len(entries), "entries": size}


async def entry(runtime: Runtime, name: str, told: str) -> Row:
    """Return an entry, and until when it holds.

    Raises:
        Refusal: there is no such list, or it has no such entry (604).
    """
    wanted = await _entry(runtime, name, told)
    until = await runtime.redis.hget(runtime.keys.suppression_list(name), wanted)
    if until is None:
        raise _no_entry(name, told)
    return {"entry": wanted, "expires": int(float(until)) or None}


async def take_off(runtime: Runtime, name: str, told: str) -> None:
    """Take an entry off a list; it holds no more at once.

    Raises:
        Refusal: there is no such list, or it has no such entry (604).
    """
    wanted = await _entry(runtime, name, told)
    async with runtime.postgres.transaction() as connection:
        catalogue = Catalogue(connection)
        if there := await catalogue.suppression_lists(name):
            await catalogue.remove_entry(there[0]["id"], wanted)
        gone, *_ = await _tell(runtime, [("HDEL", runtime.keys.suppression_list(name), wanted)])
        if not gone:
            raise _no_entry(name, told)


def moment(runtime: Runtime, data: Mapping[str, Any]) -> int:
    """Return until when something is to hold, in UTC seconds: ``expires``; 0 for ever.

    Raises:
        Refusal: it is no moment to come (652).
    """
    until = given(data, "expires", PERMANENT)
    if until != PERMANENT and not runtime.clock.now() < until <= LAST_MOMENT:
        raise Refusal(
            Code.INVALID, f'"expires" is {until}.', f"UTC seconds to come, at most {LAST_MOMENT}; 0 or null for ever."
        )
    return until


async def _locked(catalogue: Catalogue, name: str) -> Row:
    """Return a list that nobody else changes until the transaction ends."""
    if found := await catalogue.suppression_lists(name, lock=True):
        return found[0]
    raise await catalogue.no_such("suppression_list", name)


async def _entry(runtime: Runtime, name: str, told: str) -> str:
    """Return an entry as the list has it."""
    found = await lists(runtime, name)
    if not found:
        async with runtime.postgres.transaction() as connection:
            raise await Catalogue(connection).no_such("suppression_list", name)
    read, problem = entry_of(told.strip(), found[0]["type"], "US")
    if problem:
        raise _no_entry(name, told)
    return read


async def _tell(runtime: Runtime, commands: Sequence[Sequence[Any]]) -> list[Any]:
    """Make a change in Redis, all of it at once, and have validations see it."""
    pipe = runtime.redis.pipeline(transaction=True)
    for words in commands:
        pipe.execute_command(*words)
    pipe.incr(runtime.keys.rules_version)
    answers: list[Any] = await pipe.execute()
    return answers


def _not_the_default(name: str, what: str) -> None:
    if name == OPT_OUT_LIST:
        raise Refusal(Code.CONFLICT, f'"{name}" cannot be {what}.', "It is the default list, which collects opt-outs.")


def _no_entry(name: str, told: str) -> Refusal:
    return Refusal(Code.NOT_FOUND, f'"{told:.60}" is not on suppression list "{name}".')
