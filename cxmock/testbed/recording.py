"""Writes a testbed's journal to a file while it runs, in a thread of its own: the loop has better things to do."""

from __future__ import annotations

import threading
from pathlib import Path

from cxmock.contracts.recording import Recorder
from cxmock.errors.conformance import RecordingUnusable
from cxmock.journal import Journal

EVERY = 0.05
"""Seconds between two looks at the journal."""
CAPACITY = 200_000
"""Exchanges that the journal of a recorded testbed keeps: so many may come between two looks."""


class LiveRecording:
    """Records until it is closed. Use it as a context manager around the testbed, so that it sees the end, too.

    Args:
        file: where to.

    Raises:
        RecordingUnusable: it cannot be written.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._recorder = Recorder(file)
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._failure: OSError | None = None

    def begin(self, journal: Journal) -> None:
        """Record ``journal`` from now on."""
        self._thread = threading.Thread(target=self._main, args=(journal,), name="cxmock-recording", daemon=True)
        self._thread.start()

    def close(self) -> str:
        """Finish the recording and return one sentence about it.

        Raises:
            RecordingUnusable: something could not be written.
        """
        self._ended.set()
        if self._thread is not None:
            self._thread.join()
        if self._failure is not None:
            raise RecordingUnusable(str(self._file), self._failure.strerror or str(self._failure))
        self._recorder.close()
        dropped = f" {self._recorder.dropped} came too fast and are missing." if self._recorder.dropped else ""
        return f"{self._recorder.exchanges} exchanges recorded in {self._file}.{dropped}"

    def __enter__(self) -> LiveRecording:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _main(self, journal: Journal) -> None:
        try:
            while not self._ended.wait(EVERY):
                self._recorder.take(journal)
            self._recorder.take(journal)
        except OSError as error:
            self._failure = error
