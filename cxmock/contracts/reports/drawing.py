"""The topology drawn as SVG: components, the thirteen connections between them, each coloured by its verdict."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from html import escape

from cxmock.contracts.reports.layouts import Box, Layout, Line, Point
from cxmock.contracts.verdicts import RowResult
from cxmock.topology import CONNECTIONS, Component, connection

VERDICTS = ("kept", "broken", "unknown")
"""The classes of lines: every promise is kept, one is not, none was tried."""

_RADIUS = 12
_LINE_HEIGHT = 15


def verdict(results: Sequence[RowResult]) -> str:
    """Return the class of a connection from the results on it."""
    if not results:
        return "unknown"
    return "kept" if all(result.good for result in results) else "broken"


def draw(layout: Layout, results: Mapping[int, Sequence[RowResult]]) -> str:
    """Return the SVG; its colours are the page's."""
    parts = [
        f'<svg class="topology {layout.name}" viewBox="0 0 {layout.width} {layout.height}" '
        f'role="img" aria-label="The thirteen connections of CX Contact">',
        "<defs>",
        *(_arrowhead(layout, name) for name in VERDICTS),
        "</defs>",
        _frame(layout.contact, "contact"),
        f'<text class="title" x="{layout.title[0]}" y="{layout.title[1]}">CX Contact</text>',
        *(part for component, box in layout.boxes.items() for part in _component(component, box)),
        *(_connection(layout, row.number, results.get(row.number, ())) for row in CONNECTIONS),
        "</svg>",
    ]
    return "\n".join(parts)


def _arrowhead(layout: Layout, name: str) -> str:
    return (
        f'<marker id="{layout.name}-{name}" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="8" markerHeight="8" '
        f'markerUnits="userSpaceOnUse" orient="auto"><path class="head {name}" d="M0 0.5 8 4 0 7.5z"/></marker>'
    )


def _frame(box: Box, name: str) -> str:
    return (
        f'<rect class="{name}" x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}" '
        f'rx="{14 if name == "contact" else 8}"/>'
    )


def _component(component: Component, box: Box) -> Iterator[str]:
    yield _frame(box, "service" if component.in_contact else "system")
    lines = textwrap.wrap(component.label, 13 if box.width < 200 else 40)
    middle, first = box.x + box.width // 2, box.y + box.height / 2 - (len(lines) - 1) * _LINE_HEIGHT / 2 + 4.5
    for place, line in enumerate(lines):
        yield f'<text class="name" x="{middle}" y="{first + place * _LINE_HEIGHT:g}">{escape(line)}</text>'


def _connection(layout: Layout, number: int, results: Sequence[RowResult]) -> str:
    line, state = layout.lines[number], verdict(results)
    row = connection(number)
    kept, promised = sum(one.kept for one in results), sum(one.promised for one in results)
    told = f"{kept} of {promised} promises kept" if results else "not verified"
    x, y = line.number
    count = f'<text class="count" {_at(line)} text-anchor="{line.anchor}">{kept}/{promised}</text>' if results else ""
    side = 2 * _RADIUS - 2
    shape = (
        # A square where something is broken: the colour alone would not tell everybody.
        f'<rect x="{x - side // 2}" y="{y - side // 2}" width="{side}" height="{side}" rx="3"/>'
        if state == "broken"
        else f'<circle cx="{x}" cy="{y}" r="{_RADIUS}"/>'
    )
    drawn = (
        f"<title>{number}: {escape(row.source)}, {escape(row.destination)}: {told}</title>"
        f'<path d="{_path(line.path)}" marker-end="url(#{layout.name}-{state})"/>'
        f'{shape}<text class="number" x="{x}" y="{y + 4.5:g}">{number}</text>{count}'
    )
    link = f'<a href="#connection-{number}">{drawn}</a>' if results else drawn
    return f'<g class="connection {state}">{link}</g>'


def _at(line: Line) -> str:
    return f'x="{line.number[0] + line.beside[0]}" y="{line.number[1] + line.beside[1]}"'


def _path(points: Sequence[Point]) -> str:
    return "M" + " L".join(f"{x} {y}" for x, y in points)
