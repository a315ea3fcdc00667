"""Where a testbed's folder is: in memory, where there is some."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from cxmock.net import folders


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place that passes for the system's memory."""
    place = tmp_path / "shm"
    place.mkdir()
    monkeypatch.delenv(folders.VARIABLE, raising=False)
    monkeypatch.setattr(folders, "MEMORY", place)
    return place


def test_a_testbed_lives_in_memory_and_its_folder_names_its_process(memory: Path) -> None:
    folder = folders.new_folder()

    assert folder.parent == memory
    assert folder.name.startswith(f"cxmock-{os.getpid()}-")
    assert folder != folders.new_folder()


def test_without_memory_it_lives_among_temporary_files(memory: Path) -> None:
    memory.rmdir()

    assert folders.new_folder().parent == Path(tempfile.gettempdir())


def test_memory_without_room_is_not_taken(memory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Containers often have 64 MB, which two PostgreSQL servers fill."""
    monkeypatch.setattr(folders, "ROOM", 2**62)

    assert folders.new_folder().parent == Path(tempfile.gettempdir())


def test_a_variable_says_where_it_is_to_be(memory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CXMOCK_TMPDIR", str(tmp_path))

    assert folders.new_folder().parent == tmp_path
    assert folders.parents() == [tmp_path, memory, Path(tempfile.gettempdir())]
