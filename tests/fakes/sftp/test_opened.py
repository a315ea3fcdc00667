"""The facts of a transfer: size, digest, and whether it came to its end."""

from __future__ import annotations

import errno
import hashlib
import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxmock.fakes.sftp.folder import Folder
from cxmock.fakes.sftp.opened import DIGEST_LIMIT, FILE_LIMIT, TEXT_LIMIT

WRITE = os.O_WRONLY | os.O_CREAT


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_a_whole_reading_tells_size_digest_and_short_text(folder: Folder) -> None:
    folder.put("/a", "a,b\n")
    file = folder.open("/a", os.O_RDONLY)
    assert file.read(3, 0) + file.read(100, 3) == b"a,b\n"
    assert file.finish(complete=True) == {"size": 4, "sha256": sha256(b"a,b\n"), "text": "a,b\n"}
    assert file.closed


def test_a_part_that_was_read_is_no_whole_file(folder: Folder) -> None:
    """A client may look at the head of a file only; its digest would say nothing."""
    folder.put("/a", "head and body")
    file = folder.open("/a", os.O_RDONLY)
    file.read(4, 0)
    assert file.finish(complete=True) == {"size": 4, "of": 13}


def test_a_transfer_that_was_cut_off_is_incomplete(folder: Folder) -> None:
    file = folder.open("/a", WRITE)
    file.write(b"half", 0)
    assert file.finish(complete=False) == {"error": "INCOMPLETE", "size": 4}


def test_what_is_appended_counts_with_what_was_there(folder: Folder) -> None:
    folder.put("/a", "one,")
    file = folder.open("/a", os.O_WRONLY | os.O_APPEND)
    file.write(b"two", 4)
    assert file.finish(complete=True) == {"size": 7, "sha256": sha256(b"one,two"), "text": "one,two"}


def test_binary_and_long_files_have_no_text(folder: Folder) -> None:
    for data in (b"\xff\x00", b"x" * (TEXT_LIMIT + 1)):
        file = folder.open("/a", WRITE | os.O_TRUNC)
        file.write(data, 0)
        assert file.finish(complete=True) == {"size": len(data), "sha256": sha256(data)}


def test_a_large_file_that_was_not_written_in_order_has_no_digest(folder: Folder) -> None:
    """It would have to be read once more, however large the gaps in it are."""
    file = folder.open("/a", WRITE)
    file.write(b"x", DIGEST_LIMIT)
    assert file.finish(complete=True) == {"size": DIGEST_LIMIT + 1}


def test_no_file_grows_beyond_the_limit(folder: Folder) -> None:
    file = folder.open("/a", WRITE)
    with pytest.raises(OSError, match=os.strerror(errno.EFBIG)):
        file.write(b"x", FILE_LIMIT)
    with pytest.raises(OSError, match=os.strerror(errno.EFBIG)):
        folder.change("/a", size=FILE_LIMIT + 1)
    assert file.finish(complete=True)["size"] == 0


@given(writes=st.lists(st.tuples(st.integers(0, 8), st.binary(max_size=4)), max_size=8))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_digest_is_that_of_the_file_in_whatever_order_it_was_written(
    folder: Folder, writes: list[tuple[int, bytes]]
) -> None:
    """Parts may come late, twice, or over one another."""
    file = folder.open("/a", WRITE | os.O_TRUNC)
    for offset, data in writes:
        file.write(data, offset)
    facts = file.finish(complete=True)
    content = folder.read("/a")
    assert (facts["size"], facts["sha256"]) == (len(content), sha256(content))
