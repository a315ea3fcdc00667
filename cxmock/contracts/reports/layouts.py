"""Where everything stands on the drawing of the topology: one layout for wide pages, one for phones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cxmock.topology import Component as C

Point = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Box:
    """A component's rectangle."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Line:
    """A connection, from who opens it to who listens, and where its number stands."""

    path: Sequence[Point]
    number: Point
    beside: Point
    """Where the count stands, as an offset from the number."""
    anchor: str = "start"
    """How the count is aligned there: start, middle or end."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A whole drawing, in units of about a pixel."""

    name: str
    width: int
    height: int
    contact: Box
    """The frame around CX Contact's own services."""
    title: Point
    boxes: Mapping[C, Box]
    lines: Mapping[int, Line]


BELOW: Point = (0, 27)
RIGHT: Point = (17, 4)
LEFT: Point = (-17, 4)


def _columns(rows: Sequence[Sequence[C | None]], xs: Sequence[int], ys: Sequence[int], size: Point) -> dict[C, Box]:
    return {
        component: Box(x, y, *size)
        for y, row in zip(ys, rows, strict=True)
        for x, component in zip(xs, row, strict=True)
        if component is not None
    }


def _across(number: Point, start: int, end: int) -> Line:
    return Line([(start, number[1]), (end, number[1])], number, BELOW, "middle")


def _down(x: int, start: int, end: int, number: int) -> Line:
    return Line([(x, start), (x, end)], (x, number), RIGHT)


WIDE = Layout(
    name="wide",
    width=1136,
    height=548,
    contact=Box(270, 24, 420, 336),
    title=(290, 54),
    boxes={
        **_columns(
            [
                [C.CLIENT, C.INGRESS, C.UI, C.DIAL_MANAGER, C.NEXUS],
                [C.SFTP, C.JOB_SCHEDULER, C.API_AGGREGATOR, C.CAMPAIGN_MANAGER, C.GWS],
                [C.COMPLIANCE_PROVIDER, C.LIST_BUILDER, C.LIST_MANAGER, C.COMPLIANCE_MANAGER, C.OCS],
            ],
            [30, 290, 422, 554, 790],
            [74, 178, 282],
            (116, 52),
        ),
        C.CONFSERV: Box(990, 178, 116, 52),
        C.REDIS: Box(290, 470, 116, 52),
        C.SHARE: Box(422, 470, 116, 52),
        C.POSTGRES: Box(554, 470, 352, 52),
    },
    lines={
        1: _across((208, 100), 146, 290),
        2: _across((208, 204), 290, 146),
        3: _across((208, 308), 290, 146),
        4: _down(480, 126, 178, 150),
        5: _down(348, 360, 470, 412),
        6: _down(480, 360, 470, 412),
        7: _down(612, 360, 470, 412),
        8: _across((736, 308), 790, 670),
        9: _down(848, 230, 282, 254),
        10: _across((946, 204), 906, 990),
        11: _across((736, 204), 690, 790),
        12: _across((736, 100), 670, 790),
        13: _down(848, 334, 470, 412),
    },
)

NARROW = Layout(
    name="narrow",
    width=400,
    height=648,
    contact=Box(6, 112, 388, 244),
    title=(104, 131),
    boxes=_columns(
        [
            [C.CLIENT, C.SFTP, C.COMPLIANCE_PROVIDER],
            [C.INGRESS, C.JOB_SCHEDULER, C.LIST_BUILDER],
            [C.CAMPAIGN_MANAGER, C.UI, C.LIST_MANAGER],
            [C.DIAL_MANAGER, C.API_AGGREGATOR, C.COMPLIANCE_MANAGER],
            [C.NEXUS, C.GWS, None],
            [None, C.CONFSERV, C.OCS],
            [C.REDIS, C.SHARE, C.POSTGRES],
        ],
        [20, 148, 276],
        [14, 142, 214, 296, 402, 484, 590],
        (104, 44),
    ),
    lines={
        1: _down(72, 58, 142, 86),
        2: Line([(200, 142), (200, 58)], (200, 86), RIGHT),
        3: Line([(328, 142), (328, 58)], (328, 86), RIGHT),
        4: _down(200, 258, 296, 276),
        5: Line([(130, 356), (130, 468), (72, 468), (72, 590)], (72, 530), LEFT, "end"),
        6: Line([(142, 356), (142, 559), (200, 559), (200, 590)], (142, 546), LEFT, "end"),
        7: Line([(387, 356), (387, 612), (380, 612)], (387, 424), LEFT, "end"),
        8: Line([(328, 484), (328, 340)], (328, 379), RIGHT),
        9: Line([(252, 424), (300, 424), (300, 484)], (276, 424), (0, -16), "middle"),
        10: _down(200, 446, 484, 464),
        11: _down(200, 356, 402, 378),
        12: _down(72, 340, 402, 378),
        13: _down(328, 528, 590, 559),
    },
)
