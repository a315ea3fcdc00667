"""The report for people: one HTML page that needs nothing else, with the topology and every promise."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

from cxmock import __version__
from cxmock.contracts.model import AsyncMessage, HttpInteraction, Interaction
from cxmock.contracts.reports.drawing import draw, verdict
from cxmock.contracts.reports.layouts import NARROW, WIDE
from cxmock.contracts.reports.report import GRADES, Report, grades
from cxmock.contracts.verdicts import Mismatch, RowResult, Verdict
from cxmock.topology import CONNECTIONS, Component, connection

_SHOWN = 400
"""Characters of an operation that are shown."""


def text(report: Report) -> str:
    """Return the page."""
    found = files("cxmock.contracts.reports")
    style, script = (found.joinpath(name).read_text("utf-8") for name in ("page.css", "page.js"))
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src \
'unsafe-inline'">
<meta name="color-scheme" content="light dark">
<title>{escape(report.sentence)} - cxmock</title>
<style>
{style}</style>
</head>
<body>
{_head(report)}
<main>
{_drawing(report)}
{_controls(report)}
{"".join(_row(result, place, report.results) for place, result in enumerate(report.results))}
{_untried(report)}
</main>
<footer>cxmock {__version__}. A promise is one interaction of a Pact contract; it is kept when the live provider
answered as promised.</footer>
<script>
{script}</script>
</body>
</html>
"""


def _head(report: Report) -> str:
    state = "kept" if report.good else "broken"
    left = f"<span>{report.left_out} more were not chosen</span>" if report.left_out else ""
    return f"""<header class="{state}">
<p class="kicker">CX Contact: the promises of its thirteen connections</p>
<h1><span class="mark" aria-hidden="true">{"✓" if report.good else "✗"}</span>{escape(report.sentence)}</h1>
<p class="facts"><time datetime="{report.moment}">{report.moment.replace("T", " ").replace("Z", " UTC")}</time>\
<span>{report.seconds:.2f} s</span>{left}</p>
{_evidence(report)}
</header>"""


def _evidence(report: Report) -> str:
    """Return the bar that tells how well the promises themselves are known."""
    counted = grades([verdict for result in report.results for verdict in result.verdicts])
    if not counted:
        return ""
    bar = "".join(f'<span class="grade-{grade}" style="flex-grow:{count}"></span>' for grade, count in counted.items())
    legend = "".join(
        f'<li><span class="grade grade-{grade}">{grade}</span>{count} {GRADES[grade]}</li>'
        for grade, count in counted.items()
    )
    return (
        '<div class="evidence"><p>How the promises are known</p>'
        f'<div class="bar" aria-hidden="true">{bar}</div><ul>{legend}</ul></div>'
    )


def _drawing(report: Report) -> str:
    results: dict[int, list[RowResult]] = {}
    for result in report.results:
        results.setdefault(result.number, []).append(result)
    legend = "".join(
        f'<li class="{name}"><span aria-hidden="true"></span>{words}</li>'
        for name, words in {"kept": "kept", "broken": "broken", "unknown": "not verified"}.items()
    )
    return (
        f'<figure>{draw(WIDE, results)}{draw(NARROW, results)}<ul class="legend">{legend}'
        "<li>an arrow begins at who opens the connection</li></ul></figure>"
    )


def _controls(report: Report) -> str:
    only = '<label><input type="checkbox" id="only-broken"> only what is broken</label>' if report.broken else ""
    return f'<div class="controls">{only}<button type="button" id="open-all" hidden>open everything</button></div>'


def _row(result: RowResult, place: int, results: Sequence[RowResult]) -> str:
    row, state = connection(result.number), verdict([result])
    first = all(other.number != result.number for other in results[:place])
    name = f' id="connection-{result.number}"' if first else ""
    chips = "".join(
        f'<span class="grade grade-{grade}" title="{count} {GRADES[grade]}">{grade}<i>{count}</i></span>'
        for grade, count in grades(result.verdicts).items()
    )
    left = f" of {result.promised + result.left_out}" if result.left_out else ""
    return f"""<details class="row {state}"{name}{" open" if state == "broken" else ""}>
<summary><span class="number">{result.number}</span>
<span class="who"><b>{escape(row.source)} → {escape(row.destination)}</b>\
<small>{escape(row.wire)} · {escape(Path(result.contract.file).name)}</small></span>
<span class="grades">{chips}</span>
<span class="score"><b>{result.kept}/{result.promised}</b>{left} kept<small>{result.seconds:.2f} s</small></span>
</summary>
<div class="promises">
{"".join(map(_promise, result.verdicts))}</div>
</details>
"""


def _promise(verdict: Verdict) -> str:
    one, state = verdict.interaction, "kept" if verdict.kept else "broken"
    notes = one.comments.cxmock
    chip = (
        f'<span class="grade grade-{escape(notes.evidence)}">{escape(notes.evidence)}</span>' if notes.evidence else ""
    )
    facts = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in _facts(verdict))
    return f"""<details class="promise {state}"{"" if verdict.kept else " open"}>
<summary><span class="mark" aria-label="{state}">{"✓" if verdict.kept else "✗"}</span>\
<span>{escape(one.description)}</span>{chip}</summary>
<dl>{facts}</dl>
{_mismatches(verdict.mismatches)}</details>
"""


def _facts(verdict: Verdict) -> Iterator[tuple[str, str]]:
    one = verdict.interaction
    for state in one.provider_states:
        yield "given", escape(str(state))
    asked, promised = _said(one)
    if asked:
        yield "asked", f"<code>{escape(asked)}</code>"
    yield "promised", f"<code>{escape(promised)}</code>"
    where = f" at <code>{escape(verdict.at)}</code>" if verdict.at else ""
    yield "provider", escape(Component(verdict.provider).label) + where
    if notes := one.comments.cxmock.source:
        yield "known", f"{GRADES.get(one.comments.cxmock.evidence, '')}: {escape(notes)}"


def _said(one: Interaction) -> tuple[str, str]:
    """Return in short what the consumer says, and what the provider promises to answer."""
    if isinstance(one, HttpInteraction):
        return f"{one.request.method} {one.request.path}", f"HTTP {one.response.status}"
    if isinstance(one, AsyncMessage):
        return "", _short(one.contents.content)
    return _short(one.request.contents.content), _short(one.response[0].contents.content)


def _short(content: Any) -> str:
    said = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    return said if len(said) <= _SHOWN else f"{said[:_SHOWN]}..."


def _mismatches(mismatches: Sequence[Mismatch]) -> str:
    if not mismatches:
        return ""
    rows = "".join(
        f"<tr><th>{escape(one.kind)} <code>{escape(one.place)}</code></th>"
        f"<td>{escape(one.text)}{_compared(one)}</td></tr>"
        for one in mismatches
    )
    return f'<table class="mismatches">{rows}</table>'


def _compared(one: Mismatch) -> str:
    """Return what was promised beside what came, where the sentence cannot hold both."""
    if not one.expected and not one.actual:
        return ""
    return (
        f'<div class="compared"><span>promised</span><code>{escape(_short(one.expected))}</code>'
        f"<span>came</span><code>{escape(_short(one.actual))}</code></div>"
    )


def _untried(report: Report) -> str:
    tried = {result.number for result in report.results}
    rows = [row for row in CONNECTIONS if row.number not in tried]
    if not rows:
        return ""
    names = "".join(
        f'<li><span class="number">{row.number}</span>{escape(row.source)} → {escape(row.destination)}</li>'
        for row in rows
    )
    return f'<section class="untried"><h2>Not verified in this run</h2><ul>{names}</ul></section>'
