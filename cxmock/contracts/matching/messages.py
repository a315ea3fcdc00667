"""Messages and operations, compiled: do contents and metadata keep the promise?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cxmock.contracts.matching import content_types, generated, rules
from cxmock.contracts.matching.bodies import BodyCheck, Content, check_body, expected_kind
from cxmock.contracts.matching.combining import good
from cxmock.contracts.matching.difference import ABSENT, Check, Difference, Found
from cxmock.contracts.matching.generated import Values
from cxmock.contracts.matching.headers import check_header_value
from cxmock.contracts.matching.paths import ROOT, fragment
from cxmock.contracts.matching.table import RuleTable
from cxmock.contracts.matching.values import check_value
from cxmock.contracts.model import Message
from cxmock.contracts.verdicts import Mismatch

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class MessageMatcher:
    """What is promised of one message, compiled."""

    contents: BodyCheck
    metadata: Check

    def mismatches(
        self, contents: Content | Mapping[str, Any], metadata: Mapping[str, Any] | None = None, kind: str = "body"
    ) -> tuple[Mismatch, ...]:
        """Return how a message differs; empty when it keeps the promise.

        Args:
            contents: what it says: JSON decoded, or with its content type.
            metadata: what goes with it; None where there is none to look at.
            kind: what the contents are called in mismatches.

        Raises:
            NotComparable: too little is known of the contents.
        """
        found = [one.mismatch(kind) for one in self.contents(_content(contents))]
        if metadata is not None:
            found += [one.mismatch("metadata", str(one.steps[0])) for one in self.metadata(metadata)]
        return tuple(dict.fromkeys(found))

    def fits(self, contents: Content | Mapping[str, Any]) -> bool:
        """Whether the contents keep the promise.

        Raises:
            NotComparable: too little is known of them.
        """
        return not self.contents(_content(contents))


def compile_message(message: Message, values: Values | None = None, *, strict: bool = False) -> MessageMatcher:
    """Compile what a message has to be.

    Args:
        message: the promise.
        values: what its provider states gave; None where that is not known.
        strict: whether objects may have no other keys than the example's.

    Raises:
        RuleFault: a rule cannot be read.
        ValueError: the example is not what its content type says.
    """
    body = message.contents
    if values is not None:
        body = generated.filled_body(body, message.generators.body, values)
    said = next((str(value) for name, value in message.metadata.items() if _is_content_type(name)), "")
    entries = rules.entries(message.matching_rules.body)
    table = RuleTable(generated.body_entries(entries, message.generators.body, values))
    inner = check_body(body, said, table, strict=strict)
    if inner is None:
        return MessageMatcher(good, _metadata(message))
    wanted = expected_kind(body, said)

    def check(actual: Content) -> Found:
        came = actual.kind()
        if wanted is None or came is None or wanted.takes(came) or content_types.is_any(came):
            return inner(actual)
        return (Difference(f"is {came}, not {wanted}", body.content, actual.raw().decode("utf-8", "replace")),)

    return MessageMatcher(check, _metadata(message))


def _content(contents: Content | Mapping[str, Any]) -> Content:
    return contents if isinstance(contents, Content) else Content(fact=contents, content_type=JSON)


def _is_content_type(name: str) -> bool:
    return name.lower() in ("contenttype", "content-type")


def _metadata(message: Message) -> Check:
    """Return the check of the metadata that are promised; others are of no interest."""
    table = RuleTable(rules.entries(message.matching_rules.metadata))
    checks = [(name, value, _metadatum(name, value, table)) for name, value in message.metadata.items()]

    def check(actual: Mapping[str, Any]) -> Found:
        found: list[Difference] = []
        for name, value, one in checks:
            if name not in actual:
                found.append(Difference("is missing", value, ABSENT, (name,)))
            else:
                found += [difference.at(name) for difference in one(actual[name])]
        return found

    return check


def _metadatum(name: str, value: Any, table: RuleTable) -> Check:
    combined = table.select((ROOT, fragment(name)))
    if combined is not None or not _is_content_type(name):
        return check_value(value, combined)
    inner = check_header_value("content-type", str(value), RuleTable(()))
    return lambda actual: inner(str(actual))
