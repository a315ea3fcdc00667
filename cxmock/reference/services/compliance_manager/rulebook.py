"""All that holds for a tenant at one moment: suppression lists, rules, contact times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cxmock.reference.envelope import Code, Refusal
from cxmock.reference.keys import Keys
from cxmock.reference.services.compliance_manager.record import Record
from cxmock.reference.services.compliance_manager.rules import AttemptRule, Attempts, Rule, Times, rule_of, times_of
from cxmock.wire.genesys.enumerations import CallResult
from cxmock.wire.http import from_json


@dataclass(frozen=True, slots=True)
class SuppressionList:
    """Where one list's entries are, and what they are."""

    name: str
    key: str
    channel: str
    """Empty: every channel."""
    by_client: bool

    @classmethod
    def read(cls, name: str, key: str, told: Mapping[str, str]) -> SuppressionList:
        """Read a list as the catalogue has it."""
        return cls(name, key, told.get("channel") or "", told.get("type") == "ClientID")

    def entry(self, record: Record) -> str:
        """Return what to look for; empty when the record cannot be in the list."""
        if self.channel not in ("", record.channel):
            return ""
        return record.client if self.by_client else record.device


@dataclass(frozen=True, slots=True)
class Blocked:
    """Why an attempt is forbidden."""

    rule: str
    kind: str
    result: CallResult


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The rules of one version, in the order in which they are asked.

    Suppression comes first, then the tenant's rules by priority, then contact times. All lists apply to all campaigns,
    required or not (assumed: a campaign has no place to choose them).
    """

    version: str
    lists: tuple[SuppressionList, ...] = ()
    rules: tuple[Rule, ...] = ()
    times: Times = field(default_factory=lambda: Times({}))

    @classmethod
    def read(
        cls, keys: Keys, version: str, catalogue: Mapping[str, str], rules: Mapping[str, str], data_set: str
    ) -> Rulebook:
        """Read what Redis has.

        Args:
            keys: names where entries are.
            version: that of all this.
            catalogue: suppression list -> JSON.
            rules: rule of the tenant -> JSON.
            data_set: the compliance data's rules, JSON.

        Raises:
            Refusal: something there is not what CX Contact writes (500).
        """
        try:
            lists = [
                SuppressionList.read(name, keys.suppression_list(name), from_json(text))
                for name, text in sorted(catalogue.items())
            ]
            own = [(name, from_json(text)) for name, text in sorted(rules.items())]
            read = [rule for name, data in own if (rule := rule_of(name, data))]
            times = [{"name": name, **data} for name, data in own if data["type"] == "times"]
            return cls(
                version,
                tuple(lists),
                tuple(sorted(read, key=lambda rule: rule.priority)),
                times_of([*(from_json(data_set) if data_set else ()), *times]),
            )
        except (ValueError, TypeError, AttributeError, KeyError, Refusal) as error:
            raise Refusal(
                Code.FAILED, f"The rules in Redis cannot be read: {error}", "See the keys of cxmock/reference/keys.py."
            ) from error

    def counts_by(self, what: str) -> bool:
        """Return whether any rule counts attempts by ``device`` or by ``client``."""
        return any(isinstance(rule, AttemptRule) and rule.by == what for rule in self.rules)

    def lists_for(self, record: Record) -> list[tuple[SuppressionList, str]]:
        """Return the lists that the record may be in, each with the entry to look for."""
        return [(one, entry) for one in self.lists if (entry := one.entry(record))]

    def blocking(self, record: Record, attempts: Attempts, now: float) -> Blocked | None:
        """Return the first rule that forbids an attempt at ``now``; suppression has been looked at already."""
        for rule in self.rules:
            if rule.blocks(record, attempts, now):
                return Blocked(rule.name, rule.kind, rule.result)
        if name := self.times.blocking(record, now):
            return Blocked(name, self.times.kind, self.times.result)
        return None


def suppressed(found: Sequence[tuple[SuppressionList, str | None]], now: float) -> Blocked | None:
    """Return the first suppression list that holds, of those looked into: list, and until when its entry does.

    >>> one = SuppressionList("bankrupt", "key", "voice", by_client=False)
    >>> suppressed([(one, "0")], 5.0).rule, suppressed([(one, "4")], 5.0), suppressed([(one, None)], 5.0)
    ('bankrupt', None, None)
    """
    for one, until in found:
        if until is not None and (until == "0" or float(until) > now):
            return Blocked(one.name, "suppression", CallResult.DO_NOT_CALL)
    return None
