"""What READDIR walks through: a folder's entries as they were when the walk began."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final, NamedTuple

from cxmock.fakes.share.refused import Refused
from cxmock.wire.nfs.values import Status

WALKS_LIMIT: Final = 64
"""Walks remembered; whoever comes back to an older one is told BAD_COOKIE and begins anew."""


class Listed(NamedTuple):
    """An entry: the number of its node, and its name."""

    number: int
    name: str


class Listings:
    """Walks under way, each known by its verifier. A cookie is how many entries are behind it."""

    def __init__(self) -> None:
        self._walks: OrderedDict[bytes, tuple[int, list[Listed]]] = OrderedDict()
        self._last = 0

    def begin(self, folder: int, entries: list[Listed]) -> bytes:
        """Remember a walk through the folder with this number; return its verifier."""
        self._last += 1
        verifier = self._last.to_bytes(8, "big")
        self._walks[verifier] = folder, entries
        if len(self._walks) > WALKS_LIMIT:
            self._walks.popitem(last=False)
        return verifier

    def entries(self, folder: int, verifier: bytes) -> list[Listed]:
        """Return the entries of a walk.

        Raises:
            Refused: BAD_COOKIE when it is not known any more.
        """
        walk = self._walks.get(verifier)
        if walk is None or walk[0] != folder:
            raise Refused(Status.BAD_COOKIE)
        self._walks.move_to_end(verifier)
        return walk[1]
