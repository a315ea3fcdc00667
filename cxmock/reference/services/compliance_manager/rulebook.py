"""All that holds for a tenant at one moment: suppression lists, rules, contact times, and what campaigns chose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from cxmock.reference.choices import Choice
from cxmock.reference.envelope import Code, Refusal
from cxmock.reference.keys import Keys
from cxmock.reference.services.compliance_manager.reading import LOWEST, hours_of, is_required, rule_of
from cxmock.reference.services.compliance_manager.record import Record
from cxmock.reference.services.compliance_manager.rules import (
    AttemptRule,
    Attempts,
    ExternalRule,
    Hours,
    Rule,
    Times,
    ZoneRule,
)
from cxmock.wire.genesys.enumerations import CallResult
from cxmock.wire.http import from_json

Kept = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SuppressionList:
    """Where one list's entries are, and what they are."""

    name: str
    key: str
    channel: str
    """Empty: every channel."""
    by_client: bool
    required: bool = True
    expires: int = 0
    """UTC seconds until which the whole list holds; 0: for ever."""

    @classmethod
    def read(cls, name: str, key: str, told: str) -> SuppressionList:
        """Read a list as the catalogue has it."""
        data = from_json(told)
        by_client = data.get("type") == "ClientID"
        return cls(
            name, key, data.get("channel") or "", by_client, data.get("required", True), data.get("expires") or 0
        )

    def entry(self, record: Record, now: float) -> str:
        """Return what to look for; empty when the record cannot be in the list, or the list holds no more."""
        if self.channel not in ("", record.channel) or 0 < self.expires <= now:
            return ""
        return record.client if self.by_client else record.device


@dataclass(frozen=True, slots=True)
class Blocked:
    """Why an attempt is forbidden."""

    rule: str
    kind: str
    result: int


@dataclass(frozen=True, slots=True)
class Selection:
    """What holds for a campaign group, in the order in which it is asked.

    Suppression comes first, then the tenant's rules by priority, then contact times, then external validation (the
    order of the kinds is assumed).
    """

    lists: tuple[SuppressionList, ...] = ()
    rules: tuple[Rule, ...] = ()
    zones: tuple[ZoneRule, ...] = ()
    externals: tuple[ExternalRule, ...] = ()
    times: Times = field(default_factory=Times)
    counts_by: frozenset[str] = frozenset()
    """Whether a rule counts attempts by ``device``, by ``client``."""

    def lists_for(self, record: Record, now: float) -> list[tuple[SuppressionList, str]]:
        """Return the lists that the record may be in, each with the entry to look for."""
        return [(one, entry) for one in self.lists if (entry := one.entry(record, now))]

    def in_its_zone(self, record: Record) -> Record:
        """Return the record with the clock that the tenant's own time zones give it."""
        for rule in self.zones:
            if rule.place.holds(record):
                return replace(record, zone=rule.zone)
        return record

    def blocking(self, record: Record, attempts: Attempts, now: float) -> Blocked | None:
        """Return the first rule that forbids an attempt at ``now``; suppression has been looked at already."""
        if self.zones:
            record = self.in_its_zone(record)
        for rule in self.rules:
            if rule.blocks(record, attempts, now):
                return Blocked(rule.name, rule.kind, rule.result)
        if name := self.times.blocking(record, now):
            return Blocked(name, self.times.kind, self.times.result)
        return None


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The rules of one version."""

    version: str
    lists: tuple[SuppressionList, ...] = ()
    rules: tuple[tuple[Rule | ExternalRule | ZoneRule | Times, str, bool], ...] = ()
    """By priority, each with its name and whether it is required."""
    hours: Hours = field(default_factory=dict)
    """Contact times of the compliance data."""
    choices: Mapping[str, Choice] = field(default_factory=dict)
    """Campaign group -> what it chose."""
    _selections: dict[Choice | None, Selection] = field(default_factory=dict)

    @classmethod
    def read(
        cls, keys: Keys, version: str, catalogue: Kept, rules: Kept, data_set: str, choices: Kept | None = None
    ) -> Rulebook:
        """Read what Redis has.

        Args:
            keys: names where entries are.
            version: that of all this.
            catalogue: suppression list -> JSON.
            rules: rule of the tenant -> JSON.
            data_set: the compliance data's rules, JSON.
            choices: campaign group -> JSON.

        Raises:
            Refusal: something there is not what CX Contact writes (500).
        """
        try:
            own = [(name, from_json(text)) for name, text in sorted(rules.items())]
            own.sort(key=lambda one: one[1].get("priority") or LOWEST)
            return cls(
                version,
                tuple(
                    SuppressionList.read(name, keys.suppression_list(name), text)
                    for name, text in sorted(catalogue.items())
                ),
                tuple((rule_of(name, data), name, is_required(data)) for name, data in own),
                hours_of(from_json(data_set)) if data_set else {},
                {name: Choice.of(text) for name, text in (choices or {}).items()},
            )
        except (ValueError, TypeError, AttributeError, KeyError, Refusal) as error:
            raise Refusal(
                Code.FAILED, f"The rules in Redis cannot be read: {error}", "See the keys of cxmock/reference/keys.py."
            ) from error

    def selection(self, group: str) -> Selection:
        """Return what holds for a campaign group."""
        choice = self.choices.get(group)
        if (found := self._selections.get(choice)) is None:
            found = self._selections[choice] = self._select(choice)
        return found

    def _select(self, choice: Choice | None) -> Selection:
        held = [
            rule for rule, name, required in self.rules if choice is None or choice.has_rule(name, required=required)
        ]
        hours = dict(self.hours)
        for one in reversed(held):
            if isinstance(one, Times):
                hours |= one.hours
        rules = tuple(rule for rule in held if not isinstance(rule, ZoneRule | ExternalRule | Times))
        return Selection(
            tuple(one for one in self.lists if choice is None or choice.has_list(one.name, required=one.required)),
            rules,
            tuple(rule for rule in held if isinstance(rule, ZoneRule)),
            tuple(rule for rule in held if isinstance(rule, ExternalRule)),
            Times(hours),
            frozenset(rule.by for rule in rules if isinstance(rule, AttemptRule)),
        )


def suppressed(found: Sequence[tuple[SuppressionList, str | bytes | None]], now: float) -> Blocked | None:
    """Return the first suppression list that holds, of those looked into: list, and until when its entry does.

    >>> one = SuppressionList("bankrupt", "key", "voice", by_client=False)
    >>> suppressed([(one, "0")], 5.0).rule, suppressed([(one, "4")], 5.0), suppressed([(one, None)], 5.0)
    ('bankrupt', None, None)
    """
    for one, until in found:
        if until is not None and (float(until) == 0 or float(until) > now):
            return Blocked(one.name, "suppression", CallResult.DO_NOT_CALL)
    return None
