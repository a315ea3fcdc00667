"""The report for CI systems: JUnit's XML, one suite a contract, one case a promise."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

from cxmock.contracts.reports.report import Report
from cxmock.contracts.verdicts import RowResult, Verdict
from cxmock.topology import Component

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML cannot say, escaped or not."""


def text(report: Report) -> str:
    """Return the report as XML. Promises that were not chosen are left out: skipped cases would read as gaps."""
    broken = len(report.broken)
    root = ET.Element(
        "testsuites",
        name="cxmock verify",
        tests=str(report.promised),
        failures=str(broken),
        errors="0",
        time=f"{report.seconds:.3f}",
    )
    for result in report.results:
        root.append(_suite(result, report.moment.rstrip("Z")))
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _suite(result: RowResult, moment: str) -> ET.Element:
    name = Path(result.contract.file).stem or f"{result.number:02}"
    suite = ET.Element(
        "testsuite",
        name=_said(name),
        tests=str(len(result.verdicts)),
        failures=str(sum(not verdict.kept for verdict in result.verdicts)),
        errors="0",
        skipped="0",
        time=f"{result.seconds:.3f}",
        timestamp=moment,
    )
    for verdict in result.verdicts:
        suite.append(_case(name, verdict))
    return suite


def _case(suite: str, verdict: Verdict) -> ET.Element:
    one = verdict.interaction
    case = ET.Element(
        "testcase", classname=_said(f"cxmock.{suite}"), name=_said(one.description), time=f"{verdict.seconds:.3f}"
    )
    properties = ET.SubElement(case, "properties")
    notes = one.comments.cxmock
    facts = {
        "connection": str(verdict.number),
        "provider": Component(verdict.provider).label,
        "at": verdict.at,
        "evidence": notes.evidence,
        "source": notes.source,
    }
    for name, value in [*facts.items(), *(("given", str(state)) for state in one.provider_states)]:
        if value:
            ET.SubElement(properties, "property", name=name, value=_said(value))
    if not verdict.kept:
        lines = [str(mismatch) for mismatch in verdict.mismatches]
        failure = ET.SubElement(case, "failure", type="NotKept", message=_said(lines[0] if lines else "not kept"))
        failure.text = _said("\n".join(lines))
    return case


def _said(text: str) -> str:
    """Return text as XML can hold it; what it cannot is shown as an escape.

    >>> _said("a\\x00b")
    'a\\\\x00b'
    """
    return _FORBIDDEN.sub(lambda found: found[0].encode("unicode_escape").decode(), text)
