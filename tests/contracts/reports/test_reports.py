"""Reports: each format says what was verified, what is kept and what is not, and holds whatever providers answer."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import msgspec
import pytest

from cxmock.contracts.library import load
from cxmock.contracts.reports import FORMATS, Report, written
from cxmock.contracts.reports.layouts import NARROW, WIDE, Layout
from cxmock.contracts.verdicts import Mismatch, RowResult, Verdict
from cxmock.topology import CONNECTIONS, Component, connection

HOSTILE = "</script><b>\x00\x1b[31m]]>&\ud800 'x' \"y\" [bold]z[/bold]"
"""What a provider might answer to harm a report."""


def result(number: int, *, broken: int | None = None, left_out: int = 0, text: str = "Expected 'x'") -> RowResult:
    """Return a row's result where every promise is kept but the one at place ``broken``."""
    contract = load(number)
    verdicts = [
        Verdict(number, one, str(connection(number).provider), True, (), 0.01, "http://localhost:9000")
        for one in contract.interactions[left_out:]
    ]
    if broken is not None:
        mismatches = (Mismatch("body", "$.code", text, "601", text), Mismatch("status", "", "expected 200 but was 500"))
        one = verdicts[broken]
        verdicts[broken] = Verdict(number, one.interaction, one.provider, False, mismatches, 0.02, one.at)
    return RowResult(number, contract, tuple(verdicts), 0.5, left_out)


FIVE, EIGHT, ELEVEN = (len(load(number).interactions) for number in (5, 8, 11))
ALL = FIVE + EIGHT + ELEVEN - 10
GOOD = Report([result(5), result(8)], 1_767_225_600.0)
BAD = Report([result(5), result(8, broken=2), result(11, left_out=10)], 1_767_225_600.0)
NASTY = Report([result(8, broken=0, text=HOSTILE)], 0.0)


def test_a_report_counts_what_was_verified() -> None:
    assert (GOOD.good, GOOD.kept, GOOD.promised) == (True, FIVE + EIGHT, FIVE + EIGHT)
    assert (BAD.good, BAD.promised - BAD.kept, BAD.left_out) == (False, 1, 10)
    assert BAD.sentence == f"1 of {ALL} promises of 3 connections not kept."
    assert GOOD.sentence == f"All {FIVE + EIGHT} promises of 2 connections are kept."


def test_nothing_verified_is_not_good() -> None:
    assert not Report([], 0.0).good
    assert not Report([RowResult(5, load(5), (), 0.0, len(load(5).interactions))], 0.0).good


def test_a_promise_without_a_verdict_is_not_good() -> None:
    """Whatever the reason: what was to be verified and was not is no success."""
    one = result(5)

    assert not Report([RowResult(5, one.contract, one.verdicts[1:], 0.5)], 0.0).good


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_names_the_broken_promise_and_what_was_wrong(form: str) -> None:
    [broken] = BAD.broken
    said = written(BAD, form)

    assert broken.interaction.description in said
    assert "Expected" in said
    assert "http://localhost:9000" in said


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_can_be_written_whatever_a_provider_answers(form: str) -> None:
    assert written(NASTY, form).encode("utf-8")


def test_the_table_has_a_line_for_each_connection() -> None:
    lines = written(BAD, "table").splitlines()

    assert any("ocs / compliance-manager" in line and f"{EIGHT - 1}/{EIGHT}" in line for line in lines)
    assert any("contact / gws" in line and f"{ELEVEN - 10}/{ELEVEN - 10} (of {ELEVEN})" in line for line in lines)
    assert lines[-1] == f"1 of {ALL} promises of 3 connections not kept."


def test_the_table_obeys_nothing_that_came() -> None:
    said = written(NASTY, "table")

    assert "[bold]z[/bold]" in said
    assert "\x1b" not in said


def test_json_tells_each_promise() -> None:
    facts = json.loads(written(BAD, "json"))

    assert (facts["when"], facts["good"]) == ("2026-01-01T00:00:00Z", False)
    assert (facts["promised"], facts["kept"]) == (ALL, ALL - 1)
    row = facts["connections"][1]
    assert (row["connection"], row["consumer"], row["kept"], row["promised"]) == (8, "ocs", EIGHT - 1, EIGHT)
    assert row["promises"][2]["mismatches"][0] == {
        "kind": "body",
        "place": "$.code",
        "text": "Expected 'x'",
        "expected": "601",
        "actual": "Expected 'x'",
    }
    assert sum(row["evidence"].values()) == EIGHT


def test_junit_has_a_suite_for_each_contract_and_a_case_for_each_promise() -> None:
    root = ET.fromstring(written(BAD, "junit"))

    assert root.attrib | {"time": ""} == {
        "name": "cxmock verify",
        "tests": str(ALL),
        "failures": "1",
        "errors": "0",
        "time": "",
    }
    assert [suite.get("name") for suite in root] == ["05-contact-redis", "08-ocs-compliance-manager", "11-contact-gws"]
    cases = root.findall("testsuite/testcase")
    assert len(cases) == len({(case.get("classname"), case.get("name")) for case in cases}) == ALL
    [failure] = root.findall("testsuite/testcase/failure")
    assert failure.get("message") == "body $.code: Expected 'x'"
    assert failure.text == "body $.code: Expected 'x'\nstatus: expected 200 but was 500"


def test_junit_is_well_formed_whatever_came() -> None:
    root = ET.fromstring(written(NASTY, "junit").encode())

    assert "</script><b>\\x00\\x1b[31m]]>&\\ud800" in (root.findall("testsuite/testcase/failure")[0].text or "")


class Page(HTMLParser):
    """Reads a page: its elements balance, and it is known what they refer to."""

    VOID = frozenset({"meta", "input", "br", "path", "rect", "circle"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.references: set[str] = set()
        self.ids: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        self.references |= {str(value) for name, value in attrs if name in ("src", "href", "xlink:href", "action")}
        self.ids += [str(value) for name, value in attrs if name == "id"]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in self.VOID

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("report", [GOOD, BAD, NASTY, Report([], 0.0)])
def test_the_page_is_whole_and_needs_nothing_else(report: Report) -> None:
    text = written(report, "html")
    page = Page(text)

    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    assert page.references == {f"#connection-{one.number}" for one in report.results}
    assert page.references <= {f"#{name}" for name in page.ids}
    assert not re.search(r"url\((?!#)|@import|https?://(?!127\.|localhost)", text)


def test_the_page_draws_thirteen_numbers_coloured_by_their_verdict() -> None:
    text = written(BAD, "html")

    for layout in (WIDE, NARROW):
        drawing = text[text.index(f'class="topology {layout.name}"') :].partition("</svg>")[0]
        states = re.findall(r'<g class="connection (\w+)">.*?<text class="number"[^>]*>(\d+)</text>', drawing)
        assert {int(number): state for state, number in states} == {
            number: {5: "kept", 11: "kept", 8: "broken"}.get(number, "unknown") for number in range(1, 14)
        }


def test_what_is_broken_stands_open_on_the_page() -> None:
    opened = [
        attributes for tag, attributes in Page(written(BAD, "html")).tags if tag == "details" and "open" in attributes
    ]

    assert [str(one["class"]) for one in opened] == ["row broken", "promise broken"]


def test_nothing_that_came_becomes_part_of_the_page() -> None:
    page = Page(written(NASTY, "html"))

    assert [tag for tag, _ in page.tags].count("script") == 1
    assert "<b>\x00" not in written(NASTY, "html")


@pytest.mark.parametrize("layout", [WIDE, NARROW], ids=["wide", "narrow"])
def test_every_component_and_connection_has_its_place_on_the_drawing(layout: Layout) -> None:
    drawn = set(Component) - {Component.CONTROL}

    assert set(layout.boxes) == drawn
    assert set(layout.lines) == {row.number for row in CONNECTIONS}
    for box in layout.boxes.values():
        assert box.x >= 0 and box.x + box.width <= layout.width
        assert box.y >= 0 and box.y + box.height <= layout.height


@pytest.mark.parametrize("layout", [WIDE, NARROW], ids=["wide", "narrow"])
def test_no_component_covers_another_on_the_drawing(layout: Layout) -> None:
    boxes = list(layout.boxes.values())
    for place, one in enumerate(boxes):
        for other in boxes[place + 1 :]:
            apart = one.x + one.width <= other.x or other.x + other.width <= one.x
            assert apart or one.y + one.height <= other.y or other.y + other.height <= one.y


def test_a_contract_of_others_has_no_evidence_to_show() -> None:
    """Their tools know nothing of grades; the reports do without."""
    one = result(5)
    interactions = tuple(
        msgspec.structs.replace(verdict.interaction, comments=type(verdict.interaction.comments)())
        for verdict in one.verdicts
    )
    contract = msgspec.structs.replace(one.contract, interactions=interactions)
    verdicts = tuple(Verdict(5, interaction, "redis", True, (), 0.0) for interaction in interactions)
    report = Report([RowResult(5, contract, verdicts, 0.1)], 0.0)

    assert "Evidence" not in written(report, "table")
    assert "How the promises are known" not in written(report, "html")
