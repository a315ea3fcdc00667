"""The files of the page: what a browser may ask for, and the headers that go with it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cxmock.wire.http import Request, Response

PAGE = Path(__file__).with_name("page")
INDEX = "index.html"
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}

GUARDS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Headers of every answer of the UI: nothing from elsewhere, nothing inline, nobody frames it."""


@dataclass(frozen=True, slots=True)
class Asset:
    """One file of the page."""

    kind: str
    body: bytes
    tag: str
    """Its ETag: another one for every other content."""

    def answer(self, request: Request) -> Response:
        """Return the file, or that the browser's copy is still good (304)."""
        headers = {"ETag": self.tag, "Cache-Control": "no-cache"}
        known = {one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")}
        if known & {self.tag, "*"}:
            return Response(304, headers)
        return Response(200, {"Content-Type": f"{self.kind}; charset=utf-8", **headers}, self.body)


def load(folder: Path = PAGE) -> Mapping[str, Asset]:
    """Return the files of the page by their path below its folder; what has no type of its own is not the page's."""
    return {path.relative_to(folder).as_posix(): _asset(path) for path in folder.rglob("*") if path.suffix in TYPES}


def _asset(path: Path) -> Asset:
    body = path.read_bytes()
    return Asset(TYPES[path.suffix], body, f'"{hashlib.sha256(body).hexdigest()[:20]}"')
