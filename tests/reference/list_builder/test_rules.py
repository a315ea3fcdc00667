"""Which rows are imported and where they go: selection, filtering and upload rules; and who is a duplicate."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxmock.errors.imports import TooManyLists
from cxmock.reference.envelope import Refusal
from cxmock.reference.services.list_builder.columns import Columns
from cxmock.reference.services.list_builder.conditions import OPERATORS, Condition, compiled
from cxmock.reference.services.list_builder.kinds import MAPPINGS, SELECTIONS, UPLOADS
from cxmock.reference.services.list_builder.reading import Batch, ContactFile, Defaults, Rules
from cxmock.reference.services.list_builder.seen import Seen
from cxmock.reference.services.list_builder.zones import Compliance

COLUMNS = Columns.of(["ClientID", "Device1", "Country", "Other1", "Other2"])
ADA = ["C-1", "+12125550143", "US", "gold", "100.5"]


def holds(field: str, operator: str, value: object = None) -> bool:
    """Return whether Ada meets a condition."""
    return compiled({"field": field, "operator": operator, "value": value}, COLUMNS)(ADA)


def test_conditions_compare_texts_and_numbers() -> None:
    assert holds("Country", "equals", "US")
    assert not holds("Country", "equals", "us")
    assert holds("Country", "notEquals", "GB")
    assert holds("Other1", "contains", "ol")
    assert holds("Other1", "notContains", "silver")
    assert holds("Device1", "startsWith", "+1212")
    assert holds("Device1", "endsWith", "0143")
    assert holds("country", "in", ["US", "CA"])
    assert holds("Country", "notIn", ["GB"])
    assert holds("Other3", "empty")
    assert holds("Other2", "notEmpty")
    assert holds("Other2", "greater", 99)
    assert not holds("Other2", "greater", "99")  # as texts "1..." comes before "9..."
    assert holds("Other2", "lessOrEqual", 100.5)
    assert holds("Other2", "equals", 100.5)
    assert not holds("Other1", "less", 5)


def test_conditions_are_combined() -> None:
    gold, british = ({"field": "Other1", "operator": "equals", "value": "gold"}, {"field": "Country"})
    british |= {"operator": "equals", "value": "GB"}
    assert compiled({"or": [british, gold]}, COLUMNS)(ADA)
    assert not compiled({"and": [british, gold]}, COLUMNS)(ADA)
    assert compiled({"and": [{"not": british}, gold]}, COLUMNS)(ADA)


TERM: dict[str, Any] = {"field": "Country", "operator": "equals", "value": "GB"}


@pytest.mark.parametrize(
    ("condition", "problem"),
    [
        (None, '"condition" is missing'),
        ("Country = 'GB'", "is to be a condition"),
        ([], "is to be a condition"),
        ({}, '"condition.field" is None'),
        (TERM | {"field": "Shoe"}, "\"condition.field\" is 'Shoe'"),
        (TERM | {"operator": "exec"}, "\"condition.operator\" is 'exec'"),
        (TERM | {"operator": ["equals"]}, "\"condition.operator\" is ['equals']"),
        (TERM | {"value": None}, '"condition.value" is None'),
        (TERM | {"value": True}, '"condition.value" is True'),
        (TERM | {"value": "x" * 257}, '"condition.value" is'),
        (TERM | {"operator": "in"}, "a list of texts"),
        (TERM | {"operator": "in", "value": []}, "a list of texts"),
        (TERM | {"operator": "empty"}, '"condition.value"'),
        (TERM | {"operator": "contains", "value": 5}, '"condition.value" is 5'),
        (TERM | {"more": 1}, '"condition.more" is not known here'),
        ({"and": []}, '"condition.and" is to be a list'),
        ({"and": [TERM], "or": [TERM]}, "by itself"),
        ({"not": TERM, "or": [TERM]}, "by itself"),
        ({"or": [TERM | {"field": 5}]}, '"condition.or[0].field" is 5'),
        ({"not": {"not": {"not": {"not": {"not": {"not": {"not": {"not": TERM}}}}}}}}, "is too large"),
        ({"or": [TERM] * 101}, "is too large"),
    ],
)
def test_what_is_no_condition_is_refused(condition: object, problem: str) -> None:
    with pytest.raises(Refusal) as raised:
        SELECTIONS.read({"condition": condition})
    assert problem in f"{raised.value.message} {raised.value.detail}"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inside: (
        st.lists(inside, max_size=3)
        | st.dictionaries(st.sampled_from(["and", "or", "not", "field", "operator", "value"]), inside, max_size=3)
    ),
)
TERMS = st.builds(
    lambda field, operator, value: {"field": field, "operator": operator, "value": value},
    st.sampled_from(["Country", "Other2"]),
    st.sampled_from(OPERATORS),
    st.none() | st.text(max_size=3) | st.floats() | st.integers() | st.lists(st.text(max_size=3), max_size=2),
)


@given(JSON | TERMS | st.lists(TERMS, max_size=3).map(lambda terms: {"or": terms}))
def test_any_json_is_a_condition_or_refused(condition: object) -> None:
    """What is one can be asked of any row."""
    try:
        read = Condition().read("condition", condition)
    except Refusal as refusal:
        assert refusal.code == 652
        return
    assert compiled(read, COLUMNS)(ADA) in (True, False)


CONTACTS = [("C-1", "GB"), ("C-2", "US"), ("C-3", "GB"), ("C-4", ""), ("C-5", "US")]
FILE = "ClientID,Device1,Other1\n" + "".join(
    f"{client},+4420794600{number:02},{other}\n" for number, (client, other) in enumerate(CONTACTS)
)


def split(upload: dict[str, Any], **more: Any) -> tuple[dict[str, list[str]], Batch]:
    """Return the client ids of each part."""
    rule = UPLOADS.read(upload)
    file = ContactFile("leads.csv", Defaults(), Compliance(), rules=Rules(upload=rule, **more))
    batch = file.feed(FILE.encode(), last=True)
    return {file.parts.names[part]: [row.split("\t")[7] for row in rows] for part, rows in batch.parts.items()}, batch


def test_a_file_is_split_by_quantity() -> None:
    assert split({"by": "quantity", "quantity": 2})[0] == {"1": ["C-1", "C-2"], "2": ["C-3", "C-4"], "3": ["C-5"]}


def test_a_file_is_split_by_percent() -> None:
    parts, _ = split({"by": "percent", "lists": [{"name": "A", "percent": 60}, {"name": "B", "percent": 40}]})
    assert {name: len(clients) for name, clients in parts.items()} == {"A": 3, "B": 2}


def test_a_file_is_split_by_the_values_of_a_field() -> None:
    parts = {"GB": ["C-1", "C-3"], "US": ["C-2", "C-5"], "none": ["C-4"]}
    assert split({"by": "field", "field": "Other1"})[0] == parts


def test_a_file_is_split_by_conditions_and_the_rest_goes_elsewhere_or_nowhere() -> None:
    british = {"name": "British", "condition": {"field": "Other1", "operator": "equals", "value": "GB"}}
    parts, batch = split({"by": "custom", "lists": [british]})
    assert (parts, batch.skipped) == ({"British": ["C-1", "C-3"]}, 3)
    parts, batch = split({"by": "custom", "lists": [british], "otherwise": "Others"})
    assert (parts, batch.skipped) == ({"British": ["C-1", "C-3"], "Others": ["C-2", "C-4", "C-5"]}, 0)


def test_a_file_does_not_become_more_lists_than_anybody_wants() -> None:
    rows = "".join(f"+44207946{number:04},{number}\n" for number in range(101))
    rule = UPLOADS.read({"by": "field", "field": "Other1"})
    file = ContactFile("leads.csv", Defaults(), Compliance(), rules=Rules(upload=rule))
    with pytest.raises(TooManyLists, match="more than 100 contact lists"):
        file.feed(f"Device1,Other1\n{rows}".encode(), last=True)


def test_selected_rows_are_imported_and_filtered_ones_are_not() -> None:
    selection = {"field": "Other1", "operator": "in", "value": ["GB", "US"]}
    filtering = {"field": "ClientID", "operator": "equals", "value": "C-1"}
    file = ContactFile("l", Defaults(), Compliance(), rules=Rules(selection=selection, filtering=filtering))
    batch = file.feed(FILE.encode(), last=True)
    assert (batch.contacts, batch.skipped, batch.rejected) == (3, 2, [])


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        ({}, '"by" is missing'),
        ({"by": "luck"}, '"by" is "luck"'),
        ({"by": "quantity"}, '"quantity" is missing'),
        ({"by": "quantity", "quantity": 0}, '"quantity" is 0'),
        ({"by": "quantity", "quantity": 5, "field": "Other1"}, '"field" means nothing'),
        ({"by": "field"}, '"field" is missing'),
        ({"by": "field", "field": "Shoe"}, '"field" is "Shoe"'),
        ({"by": "percent"}, '"lists" is missing'),
        ({"by": "percent", "lists": [{"name": "A", "percent": 60}]}, "do not make 100"),
        ({"by": "percent", "lists": [{"name": "A", "percent": 50}] * 2}, "a name twice"),
        ({"by": "percent", "lists": [{"name": "A"}]}, '"lists[0].percent" is missing'),
        ({"by": "percent", "lists": [{"name": "A", "percent": 100, "condition": TERM}]}, "means nothing"),
        ({"by": "custom", "lists": [{"name": "A/B", "condition": TERM}]}, '"lists[0].name" is "A/B"'),
        ({"by": "custom", "lists": [{"name": "A"}]}, '"lists[0].condition" is missing'),
        ({"by": "custom", "lists": [{"name": "A", "condition": {}}]}, '"lists[0].condition.field"'),
    ],
)
def test_an_upload_rule_that_makes_no_sense_is_refused(rule: dict[str, Any], problem: str) -> None:
    with pytest.raises(Refusal) as raised:
        UPLOADS.read(rule)
    assert problem in raised.value.message


@pytest.mark.parametrize(
    ("mapping", "problem"),
    [
        ({"columns": [{"field": "ClientID"}]}, 'either "heading" or "position"'),
        ({"columns": [{"field": "ClientID", "heading": "Id", "position": 1}]}, 'either "heading" or "position"'),
        ({"columns": [{"field": "Shoe", "position": 1}]}, '"columns[0].field" is "Shoe"'),
        ({"columns": [{"field": "ClientID", "position": n} for n in (1, 2)]}, "two columns for ClientID"),
        ({"header": False}, '"columns" is missing'),
        ({"header": False, "columns": [{"field": "ClientID", "heading": "Id"}]}, "needs a header"),
        ({"delimiter": "dot"}, '"delimiter" is "dot"'),
    ],
)
def test_a_mapping_that_makes_no_sense_is_refused(mapping: dict[str, Any], problem: str) -> None:
    with pytest.raises(Refusal) as raised:
        MAPPINGS.read(mapping)
    assert problem in raised.value.message


def known(update: bool, *rows: str, by: tuple[str, ...] = ("ClientID", "Device")) -> list[tuple[str, str]]:
    """Return the chain of each row, or why it is a duplicate, in a list that has C-1 and somebody without an id."""
    file = ContactFile("l", Defaults(), Compliance(), first_chain=9, rules=Rules(update=update, duplicates=by))
    file.know("C-1", "+442079460000", 1)
    file.know(None, "+442079460001", 2)
    batch = file.feed(b"ClientID,Device1\n" + "\n".join(rows).encode(), last=True)
    return [("chain", row.split("\t")[5]) for row in batch.lines.splitlines()] + [
        (one.reason.partition(":")[0], one.reason.rpartition(" is already ")[2]) for one in batch.rejected
    ]


def test_to_append_whoever_is_there_is_a_duplicate() -> None:
    new = "C-2,+442079460002"
    assert known(False, "C-1,+442079460005", ",+442079460001", new) == [
        ("chain", "9"),
        ("duplicate client", "in the list"),
        ("duplicate device", "in the list"),
    ]


def test_to_update_whoever_is_there_is_changed_once() -> None:
    assert known(True, "C-1,+442079460005", ",+442079460001", "C-2,+442079460002", "C-1,+442079460006") == [
        ("chain", "1"),
        ("chain", "2"),
        ("chain", "9"),
        ("duplicate client", "on line 2"),
    ]


def test_nobody_gets_the_device_of_somebody_else() -> None:
    assert known(True, "C-1,+442079460001", "C-9,+442079460000") == [
        ("duplicate device", "in the list"),
        ("duplicate device", "in the list"),
    ]


def test_duplicates_may_be_known_by_one_thing_or_by_nothing() -> None:
    assert known(False, "C-1,+442079460005", by=("Device",)) == [("chain", "9")]
    assert known(False, "C-2,+442079460000", by=("ClientID",)) == [("chain", "9")]
    assert known(False, "C-1,+442079460000", "C-1,+442079460000", by=()) == [("chain", "9"), ("chain", "10")]


@given(st.dictionaries(st.text(max_size=8), st.integers(-(2**31), 2**31 - 1).filter(bool), max_size=3000))
def test_what_was_seen_is_known(texts: dict[str, int]) -> None:
    seen = Seen()
    for text, number in texts.items():
        seen[text] = 1
        seen[text] = number
    assert len(seen) == len(texts)
    assert all(seen.get(text) == number for text, number in texts.items())
    assert not seen.get("a text that is longer than the others")
