"""What is kept of objects in memory, and of files."""

from __future__ import annotations

import os
from collections import Counter, deque
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

from cxmock.serving.keeping import Remembered
from cxmock.serving.kept_files import KeptFiles


@dataclass
class User:
    name: str
    tags: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Session:
    user: User


@dataclass
class Fake:
    lock: Any = field(default_factory=Lock)
    users: dict[str, User] = field(default_factory=dict)
    sessions: deque[Session] = field(default_factory=lambda: deque(maxlen=3))
    counts: Counter[str] = field(default_factory=Counter)
    on: bool = True


STATE = ("users", "sessions", "counts", "on", "lock")


def test_content_comes_back_into_the_same_objects() -> None:
    """Whoever holds one of them sees it, and two ways to one object still lead to one."""
    ada = User("Ada", {"gold"})
    fake = Fake(users={"ada": ada}, sessions=deque([Session(ada)], maxlen=3), counts=Counter(a=2))
    users, lock = fake.users, fake.lock
    kept = Remembered((fake, STATE))

    for _ in range(2):
        ada.name, fake.on = "Bea", False
        ada.tags.add("silver")
        fake.users.clear()
        fake.sessions.append(Session(User("Cleo")))
        fake.counts["a"] += 1
        fake.users = {}
        kept.put_back()

        assert (fake.users, fake.on, fake.counts) == ({"ada": User("Ada", {"gold"})}, True, Counter(a=2))
        assert fake.users is users
        assert fake.lock is lock
        assert fake.sessions[0].user is fake.users["ada"] is ada
        assert (len(fake.sessions), fake.sessions.maxlen) == (1, 3)


def test_objects_that_hold_each_other_are_kept_once() -> None:
    one: dict[str, Any] = {}
    one["itself"] = [one]
    fake = Fake(users=one)
    kept = Remembered((fake, ["users"]))

    one.clear()
    kept.put_back()

    assert one["itself"][0] is one


def test_files_come_back_with_links_rights_and_times(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    (folder / "in" / "empty").mkdir(parents=True)
    (folder / "in" / "a").write_bytes(b"1")
    os.link(folder / "in" / "a", folder / "b")
    (folder / "c").symlink_to("in/a")
    (folder / "d").symlink_to("in")
    os.mkfifo(folder / "pipe")
    (folder / "in" / "a").chmod(0o640)
    os.utime(folder / "in", (1, 2))
    kept = KeptFiles(folder, tmp_path / "kept")
    (folder / "in" / "a").write_bytes(b"2")
    other = tmp_path / "other"
    other.mkdir()

    numbers = kept.lay_out(other)

    found = sorted(str(one.relative_to(other)) for one in other.rglob("*"))
    assert found == ["b", "c", "d", "in", "in/a", "in/empty"]
    assert (other / "b").read_bytes() == (other / "c").read_bytes() == b"1"
    assert (other / "b").samefile(other / "in" / "a")
    assert (other / "c").readlink() == Path("in/a")
    assert (other / "d").is_symlink()
    assert (other / "b").stat().st_mode & 0o777 == 0o640
    assert (other / "in").stat().st_mtime == 2
    assert numbers[(folder / "b").stat().st_ino] == (other / "b").stat().st_ino

    kept.forget()
    assert not (tmp_path / "kept").exists()
