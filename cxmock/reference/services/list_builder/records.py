"""Text to records, chunk by chunk, each with the line on which it begins. Memory is bounded, whatever the text."""

from __future__ import annotations

from typing import NamedTuple

RECORD_LIMIT = 64 * 1024
"""Characters that one record may have."""
SHOWN = 200
"""Characters kept of a record that is longer."""


class Record(NamedTuple):
    """One row of a file, or what could not be read as one (then ``problem`` says why)."""

    line: int
    text: str
    problem: str = ""


class Records:
    """Splits a file into records. A record may span lines where a quoted field does.

    >>> records = Records()
    >>> [record.text for record in records.feed('a,b\\n"1\\n2",3\\n')]
    ['a,b', '"1\\n2",3']
    >>> records.feed('x,"y', last=True)[0].problem
    'broken row: a quote is not closed'
    """

    def __init__(self, *, quotes: bool = True) -> None:
        self.line = 0
        """Lines seen."""
        self.blank = 0
        """Lines with nothing on them, which are no records."""
        self._quotes = quotes
        self._tail = ""
        self._cut = ""
        self._open: list[str] = []
        self._size = 0

    def feed(self, text: str, *, last: bool = False) -> list[Record]:
        """Take the next text; return the records which it completes, in order."""
        text = self._tail + text
        held = "\r" if text.endswith("\r") and not last else ""  # its line feed may come with the next chunk
        *lines, tail = text.removesuffix(held).replace("\r\n", "\n").replace("\r", "\n").split("\n")
        done: list[Record] = []
        plain = not self._open and (not self._quotes or '"' not in text)
        for line in lines:
            if plain and len(line) <= RECORD_LIMIT and not self._cut:
                self.line += 1
                self._put(self.line, line, done)
            else:
                self._take(line, done)
        if len(tail) > RECORD_LIMIT:
            self._cut = self._cut or tail[:SHOWN]
            tail = ""
        self._tail = tail + held
        if last:
            if self._tail or self._cut:
                self._take(self._tail, done)
            self._tail = ""
            if self._open:
                self._give_up(done)
        return done

    def _take(self, line: str, done: list[Record]) -> None:
        """Take one line."""
        self.line += 1
        if self._cut or len(line) > RECORD_LIMIT:
            if self._open:
                self._give_up(done, before=self.line)
            problem = f"broken row: longer than {RECORD_LIMIT} characters"
            done.append(Record(self.line, self._cut or line[:SHOWN], problem))
            self._cut = ""
            return
        odd = self._quotes and line.count('"') % 2 == 1
        if not self._open and not odd:
            self._put(self.line, line, done)
            return
        self._open.append(line)
        self._size += len(line) + 1
        if odd and len(self._open) > 1:
            began, text = self.line - len(self._open) + 1, "\n".join(self._open)
            self._open, self._size = [], 0
            self._put(began, text, done)
        elif self._size > RECORD_LIMIT:
            self._give_up(done)

    def _give_up(self, done: list[Record], before: int = 0) -> None:
        """A quote was opened and never closed: its line is a bad record, the lines after it stand for themselves."""
        opened, self._open, self._size = self._open, [], 0
        first = (before or self.line + 1) - len(opened)
        done.append(Record(first, opened[0], "broken row: a quote is not closed"))
        for number, line in enumerate(opened[1:], first + 1):
            self._put(number, line, done)

    def _put(self, line: int, text: str, done: list[Record]) -> None:
        if not text or text.isspace():
            self.blank += 1
        else:
            done.append(Record(line, text))
