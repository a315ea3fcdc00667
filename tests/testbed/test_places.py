"""A testbed that can have no place for its files says so, and leaves nothing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from cxmock.errors.folders import NoPlace, NotOnWindows
from cxmock.net import folders
from cxmock.stores.redis import part
from cxmock.testbed import Options, Testbed
from cxmock.topology import Component


def test_a_place_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(folders.VARIABLE, str(tmp_path / "nowhere"))

    with pytest.raises(NoPlace, match=r"no place in .*/nowhere: No such file or directory") as caught:
        Testbed()

    assert "CXMOCK_TMPDIR=FOLDER" in str(caught.value)


def test_when_a_store_fails_where_there_is_no_room_that_is_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a program says of it may not even fit into its log."""

    def fail() -> None:
        raise OSError("anything")

    monkeypatch.setenv(folders.VARIABLE, str(tmp_path))
    with Testbed(Options(ports="ephemeral")) as testbed:
        monkeypatch.setattr(part, "find_server", fail)
        with pytest.raises(OSError, match="anything"):
            testbed.start(Component.REDIS)
        monkeypatch.setattr(folders, "FULL", 2**62)
        with pytest.raises(NoPlace, match=r"No space left on device") as caught:
            testbed.start(Component.REDIS)

    assert f"have no place in {tmp_path}" in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_on_windows_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")

    with pytest.raises(NotOnWindows, match="cxmock does not run on Windows itself") as caught:
        Testbed()

    assert "wsl --install" in str(caught.value)
