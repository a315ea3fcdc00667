"""From file handles to paths, as a watcher learns them from what passes by."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

KNOWN_LIMIT: Final = 16_384
"""Handles remembered; the one that was not used for longest is forgotten first."""
DEPTH_LIMIT: Final = 64
UNKNOWN: Final = "?"
"""Stands for what was never seen by name."""


class Paths:
    """What every handle is called, kept as folder and name, so that a folder's renaming moves all that is in it.

    >>> paths = Paths()
    >>> paths.mounted(b"0", "/")
    >>> paths.found(b"1", b"0", "in")
    >>> paths.moved(b"0", "in", b"0", "done")
    >>> paths.of(b"1", "leads.csv"), paths.of(b"2", "leads.csv")
    ('/done/leads.csv', '?/leads.csv')
    """

    def __init__(self) -> None:
        self._places: OrderedDict[bytes, tuple[bytes, str]] = OrderedDict()
        self._handles: dict[tuple[bytes, str], bytes] = {}
        self._roots: OrderedDict[bytes, str] = OrderedDict()

    def mounted(self, handle: bytes, path: str) -> None:
        """The folder ``path`` was mounted."""
        self._roots[handle] = path.strip("/")
        if len(self._roots) > DEPTH_LIMIT:
            self._roots.popitem(last=False)

    def found(self, handle: bytes, folder: bytes, name: str) -> None:
        """``handle`` is the entry ``name`` of ``folder``."""
        if name in (".", ".."):
            return
        self.gone(*self._places.get(handle, (b"", "")))
        self.gone(folder, name)
        self._places[handle] = (folder, name)
        self._handles[folder, name] = handle
        if len(self._places) > KNOWN_LIMIT:
            _, place = self._places.popitem(last=False)
            del self._handles[place]

    def moved(self, folder: bytes, name: str, to_folder: bytes, to_name: str) -> None:
        """An entry was renamed."""
        handle = self._handles.get((folder, name))
        if handle is None:
            self.gone(to_folder, to_name)
        else:
            self.found(handle, to_folder, to_name)

    def gone(self, folder: bytes, name: str) -> None:
        """An entry was removed."""
        handle = self._handles.pop((folder, name), None)
        if handle is not None:
            del self._places[handle]

    def of(self, handle: bytes, name: str = "") -> str:
        """Return the path of the entry ``name`` of the folder ``handle``, of the handle itself without a name."""
        names = [name] if name else []
        for _ in range(DEPTH_LIMIT):
            if (root := self._roots.get(handle)) is not None:
                names += [root] if root else []
                return "/" + "/".join(reversed(names))
            if (place := self._places.get(handle)) is None:
                break
            self._places.move_to_end(handle)
            handle, name = place
            names.append(name)
        return "/".join([UNKNOWN, *reversed(names)])
