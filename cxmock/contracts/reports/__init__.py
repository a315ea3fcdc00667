"""Reports of a verification, one file a format: for a terminal, for CI systems, for programs, for people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module

from cxmock.contracts.reports.report import Report

FORMATS: Mapping[str, str] = {
    "table": "terminal",
    "json": "data",
    "junit": "junit",
    "html": "page",
}
"""Format -> the module of this package whose ``text(report)`` writes it."""


def written(report: Report, form: str) -> str:
    """Return a report in one of :data:`FORMATS`; only that one is imported.

    What UTF-8 cannot say (half a surrogate pair, which JSON can) is shown as an escape.
    """
    text: Callable[[Report], str] = import_module(f"cxmock.contracts.reports.{FORMATS[form]}").text
    return text(report).encode("utf-8", "backslashreplace").decode()


__all__ = ["FORMATS", "Report", "written"]
