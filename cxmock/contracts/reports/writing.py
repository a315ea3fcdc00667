"""Writes reports into files."""

from __future__ import annotations

from pathlib import Path

from cxmock.errors.verifying import CannotWrite


def write(file: Path, text: str) -> None:
    """Write ``text`` into ``file``.

    Raises:
        CannotWrite: that is not possible.
    """
    try:
        file.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise CannotWrite(str(file), error.strerror or str(error)) from error


def writable(file: Path) -> None:
    """See that a file can be written, rather before the work than after it. What is in it stays.

    Raises:
        CannotWrite: it cannot.
    """
    try:
        file.open("a").close()
    except OSError as error:
        raise CannotWrite(str(file), error.strerror or str(error)) from error
