"""The journal keeps facts in order, bounded, and lets a test wait for one."""

from __future__ import annotations

import sys
import threading

import pytest

from cxmock.errors import NothingSeen
from cxmock.journal import Journal
from cxmock.net.bell import ThreadBell


@pytest.fixture
def journal() -> Journal:
    return Journal(lambda: 1000.0, ThreadBell(), capacity=4)


def see(journal: Journal, connection: int | None, operation: str, *, ok: bool = True) -> None:
    journal.record(connection, "http", operation, {"q": operation}, {}, seconds=0.5, ok=ok)


def test_exchanges_come_in_order_with_the_time_of_their_request(journal: Journal) -> None:
    see(journal, 11, "GET /a")
    see(journal, 12, "GET /b")

    assert [(one.index, one.connection, one.at) for one in journal] == [(0, 11, 999.5), (1, 12, 999.5)]


def test_the_journal_is_bounded_and_counts_what_it_dropped(journal: Journal) -> None:
    for number in range(7):
        see(journal, 11, f"GET /{number}")

    assert [one.operation for one in journal] == ["GET /3", "GET /4", "GET /5", "GET /6"]
    assert journal.dropped == 3
    assert journal.counts[11] == 7


def test_exchanges_are_found_by_connection_operation_mark_and_condition(journal: Journal) -> None:
    see(journal, 11, "GET /a")
    mark = journal.mark
    see(journal, 11, "POST /a", ok=False)
    see(journal, None, "GET /internal")

    assert [one.operation for one in journal.exchanges(11)] == ["GET /a", "POST /a"]
    assert [one.operation for one in journal.exchanges(since=mark)] == ["POST /a", "GET /internal"]
    assert [one.operation for one in journal.exchanges(11, operation="POST")] == ["POST /a"]
    assert [one.operation for one in journal.exchanges(where=lambda one: not one.ok)] == ["POST /a"]
    assert journal.failed[11] == 1


def test_waiting_returns_the_exchange_that_comes_later(journal: Journal) -> None:
    later = threading.Timer(0.02, see, [journal, 11, "GET /late"])
    later.start()

    assert journal.wait_for(11, operation="GET /late", within=5).operation == "GET /late"
    later.join()


def test_waiting_in_vain_tells_what_was_seen_instead(journal: Journal) -> None:
    see(journal, 11, "GET /other", ok=False)

    with pytest.raises(NothingSeen) as caught:
        journal.wait_for(11, operation="POST /token", within=0.01)

    assert 'No exchange "POST /token" was seen on connection 11 within 0.01 s.' in str(caught.value)
    assert "11 http GET /other FAILED (500.0 ms)" in str(caught.value)


def test_clearing_forgets_and_counts_anew(journal: Journal) -> None:
    see(journal, 11, "GET /a")
    journal.clear()
    see(journal, 11, "GET /b")

    assert (len(journal), journal.dropped, journal.counts[11]) == (1, 0, 1)


def test_a_message_tells_its_facts_only_when_asked(journal: Journal) -> None:
    class Lazy:
        asked = 0

        def facts(self) -> dict[str, int]:
            Lazy.asked += 1
            return {"n": 1}

    journal.record(1, "http", "GET /", Lazy(), Lazy(), seconds=0)

    assert Lazy.asked == 0
    (exchange,) = journal
    assert exchange.request == {"n": 1}


def test_threads_record_side_by_side_without_losing_count() -> None:
    """FTP is served in a thread of its own, beside the loop."""
    journal = Journal(lambda: 1000.0, ThreadBell())

    def record() -> None:
        for _ in range(2000):
            see(journal, 2, "read", ok=False)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=record) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)

    assert [one.index for one in journal] == list(range(8000))
    assert (journal.counts[2], journal.failed[2]) == (8000, 8000)
