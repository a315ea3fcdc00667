"""The report for programs: JSON, every promise with its verdict."""

from __future__ import annotations

import json
from typing import Any

from cxmock import __version__
from cxmock.contracts.reports.report import Report, grades
from cxmock.contracts.verdicts import RowResult, Verdict
from cxmock.topology import connection


def text(report: Report) -> str:
    """Return the report as JSON."""
    return json.dumps(facts(report), indent=2, ensure_ascii=False) + "\n"


def facts(report: Report) -> dict[str, Any]:
    """Return what the JSON says."""
    return {
        "cxmock": __version__,
        "when": report.moment,
        "good": report.good,
        "promised": report.promised,
        "kept": report.kept,
        "left_out": report.left_out,
        "seconds": round(report.seconds, 3),
        "connections": [_row(result) for result in report.results],
    }


def _row(result: RowResult) -> dict[str, Any]:
    row = connection(result.number)
    return {
        "connection": result.number,
        "source": row.source,
        "destination": row.destination,
        "contract": result.contract.file,
        "consumer": result.contract.consumer.name,
        "provider": result.contract.provider.name,
        "good": result.good,
        "promised": result.promised,
        "kept": result.kept,
        "left_out": result.left_out,
        "evidence": grades(result.verdicts),
        "seconds": round(result.seconds, 3),
        "promises": [_promise(verdict) for verdict in result.verdicts],
    }


def _promise(verdict: Verdict) -> dict[str, Any]:
    one = verdict.interaction
    return {
        "description": one.description,
        "key": one.key,
        "kept": verdict.kept,
        "provider": verdict.provider,
        "at": verdict.at,
        "evidence": one.comments.cxmock.evidence,
        "source": one.comments.cxmock.source,
        "states": [str(state) for state in one.provider_states],
        "seconds": round(verdict.seconds, 4),
        "mismatches": [
            {
                "kind": mismatch.kind,
                "place": mismatch.place,
                "text": mismatch.text,
                "expected": mismatch.expected,
                "actual": mismatch.actual,
            }
            for mismatch in verdict.mismatches
        ],
    }
