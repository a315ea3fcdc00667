"""A folder of the host as it was: its files, copied, and what the system knows of each."""

from __future__ import annotations

import os
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class _Entry:
    path: str
    """Below the folder; empty for the folder itself."""
    found: os.stat_result
    copy: str = ""
    """Of a file: the name of its copy. The second name of a file has none."""
    target: str = ""
    """Of a symbolic link."""


class KeptFiles:
    """The files below a folder. No link is followed; what is neither file, folder nor link is left out.

    Copies and not links: a client that writes into a file would write into the kept one, too.

    Args:
        folder: what is kept.
        copies: where the copies go; it must not be there yet.
    """

    def __init__(self, folder: Path, copies: Path) -> None:
        self._copies = copies
        self._entries: list[_Entry] = []
        copies.mkdir(parents=True, mode=0o700)
        known: set[int] = set()
        for above, folders, files in os.walk(folder):
            inside = os.path.relpath(above, folder) if above != str(folder) else ""
            self._entries.append(_Entry(inside, os.lstat(above)))
            for name in (*(one for one in folders if Path(above, one).is_symlink()), *files):
                path, found = str(Path(inside, name)), os.lstat(Path(above, name))
                if stat.S_ISLNK(found.st_mode):
                    self._entries.append(_Entry(path, found, target=str(Path(above, name).readlink())))
                elif stat.S_ISREG(found.st_mode):
                    copy = "" if found.st_ino in known else str(len(known))
                    known.add(found.st_ino)
                    if copy:
                        shutil.copyfile(Path(above, name), copies / copy)
                    self._entries.append(_Entry(path, found, copy))

    def lay_out(self, folder: Path) -> dict[int, int]:
        """Put everything into an empty folder; return each inode's number there, by the one that it had."""
        numbers: dict[int, int] = {}
        places: dict[int, Path] = {}
        for one in self._entries:
            place = folder / one.path if one.path else folder
            if stat.S_ISDIR(one.found.st_mode):
                place.mkdir(exist_ok=True)
            elif stat.S_ISLNK(one.found.st_mode):
                place.symlink_to(one.target)
            elif one.copy:
                shutil.copyfile(self._copies / one.copy, place)
                places[one.found.st_ino] = place
            else:
                os.link(places[one.found.st_ino], place)
            numbers[one.found.st_ino] = os.lstat(place).st_ino
        # Deepest first: what is put into a folder changes the folder's times, and a folder may forbid it.
        for one in reversed(self._entries):
            place = folder / one.path if one.path else folder
            if not stat.S_ISLNK(one.found.st_mode):
                place.chmod(stat.S_IMODE(one.found.st_mode))
            os.utime(place, ns=(one.found.st_atime_ns, one.found.st_mtime_ns), follow_symlinks=False)
        return numbers

    def forget(self) -> None:
        """Remove the copies."""
        shutil.rmtree(self._copies, ignore_errors=True)
