"""A watcher's memory of names is bounded, whatever the server says."""

from __future__ import annotations

from cxmock.wire.nfs import paths as module
from cxmock.wire.nfs.paths import Paths


def test_the_handle_that_was_not_used_for_longest_is_forgotten_first() -> None:
    paths = Paths()
    paths.mounted(b"0", "/")
    for number in range(module.KNOWN_LIMIT):
        paths.found(b"f%d" % number, b"0", f"{number}.csv")
    assert paths.of(b"f0") == "/0.csv"
    paths.found(b"new", b"0", "new.csv")
    assert (paths.of(b"f0"), paths.of(b"f1"), paths.of(b"new")) == ("/0.csv", "?", "/new.csv")


def test_folders_in_a_circle_do_not_hang() -> None:
    """No real server says so, but a watcher believes nobody."""
    paths = Paths()
    paths.found(b"a", b"b", "a")
    paths.found(b"b", b"a", "b")
    assert paths.of(b"a").startswith("?/")


def test_a_mounted_folder_is_named_by_its_export() -> None:
    paths = Paths()
    paths.mounted(b"x", "/export/cx/")
    assert (paths.of(b"x"), paths.of(b"x", "in")) == ("/export/cx", "/export/cx/in")


def test_a_new_file_under_an_old_name_is_the_one_that_is_meant() -> None:
    paths = Paths()
    paths.mounted(b"0", "/")
    paths.found(b"1", b"0", "a")
    paths.found(b"2", b"0", "a")
    paths.moved(b"0", "a", b"0", "b")
    assert (paths.of(b"1"), paths.of(b"2")) == ("?", "/b")


def test_what_was_never_seen_takes_a_name_from_who_had_it() -> None:
    paths = Paths()
    paths.mounted(b"0", "/")
    paths.found(b"1", b"0", "b")
    paths.moved(b"0", "a", b"0", "b")
    assert paths.of(b"1") == "?"


def test_dots_are_no_names() -> None:
    paths = Paths()
    paths.mounted(b"0", "/")
    paths.found(b"1", b"0", "in")
    paths.found(b"0", b"1", "..")
    assert paths.of(b"1") == "/in"
