"""What goes wrong at Nexus when a test wants it to: for some batches, then all is well again."""

from __future__ import annotations

from dataclasses import dataclass

from cxmock.fakes.nexus.envelope import Refused, Status


@dataclass
class Faults:
    """Faults of Nexus' next batches. Nothing is wrong at first.

    >>> faults = Faults()
    >>> faults.throttle(batches=1, retry_after=2)
    >>> try: faults.refuse()
    ... except Refused as refused: print(refused.http, refused.headers)
    429 {'Retry-After': '2'}
    >>> faults.refuse()  # the next batch is taken
    """

    throttled: int = 0
    retry_after: float = 1
    failing: int = 0
    status: int = 503
    late: int = 0
    seconds: float = 0.0
    dropped: int = 0
    at_most: int | None = None
    """Messages of one batch that are taken; None: all."""

    def throttle(self, *, batches: int = 1, retry_after: float = 1) -> None:
        """Answer the next batches by 429, and ``Retry-After`` with these seconds; nothing of them is taken."""
        self.throttled, self.retry_after = batches, retry_after

    def fail(self, *, batches: int = 1, status: int = 503) -> None:
        """Answer the next batches by a 5xx; nothing of them is taken."""
        self.failing, self.status = batches, status

    def delay(self, seconds: float, *, batches: int = 1) -> None:
        """Take the next batches, but answer only so many seconds later."""
        self.late, self.seconds = batches, seconds

    def drop(self, *, batches: int = 1) -> None:
        """Take the next batches, but close the connection instead of answering."""
        self.dropped = batches

    def take_at_most(self, messages: int | None) -> None:
        """Take so many messages of each batch; the others get ``FAILURE`` and may be offered again. None: all."""
        self.at_most = messages

    def clear(self) -> None:
        """Let all be well."""
        self.throttled = self.failing = self.late = self.dropped = 0
        self.at_most = None

    def refuse(self) -> None:
        """Refuse a batch, if it is the turn of one.

        Raises:
            Refused: it is.
        """
        if self.throttled:
            self.throttled -= 1
            headers = {"Retry-After": f"{self.retry_after:g}"}
            raise Refused(Status.FAILURE, "Too many requests: send this later.", 429, headers)
        if self.failing:
            self.failing -= 1
            raise Refused(Status.FAILURE, "Nexus failed.", self.status)

    def pause(self) -> float:
        """Return after how many seconds a batch that was taken is answered."""
        if not self.late:
            return 0.0
        self.late -= 1
        return self.seconds

    def drops(self) -> bool:
        """Return whether a batch that was taken is not answered at all."""
        if not self.dropped:
            return False
        self.dropped -= 1
        return True
