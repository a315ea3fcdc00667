"""Connection 8: OCS asks CX Contact before each attempt whether it may be made, and tells it what became of it."""

from __future__ import annotations

from collections.abc import Callable

from cxmock.fakes.ocs import Ocs
from cxmock.fakes.sftp import Sftp
from cxmock.journal import Exchange, Journal
from cxmock.net.waiting import until
from cxmock.testbed import Testbed
from cxmock.testbed.faces import RedisFace
from cxmock.wire.genesys.enumerations import CallResult

from .conftest import LONDON, NEW_YORK, TEXAS, Define, RunJob

VALIDATION, HISTORY = "POST /ocs/validation", "POST /ocs/history"


def told(key: str, value: object) -> Callable[[Exchange], bool]:
    """Return what recognises the exchanges in which OCS tells this."""
    return lambda one: one.request["body"].get(key) == value


def ended(exchange: Exchange) -> bool:
    """Return whether OCS tells the end of an attempt, and CX Contact has taken it."""
    return told("GSW_HIST_SEQUENCE_NUM", 1)(exchange) and exchange.ok


def test_ocs_asks_before_it_dials_and_tells_what_became_of_it(cx_journal: Journal, campaign: Define) -> None:
    """An attempt is told when it begins, validated, and told again when it has ended."""
    campaign().do("load", "start")
    guid = cx_journal.wait_for(8, operation=HISTORY, where=ended).request["body"]["GSW_CALL_ATTEMPT_GUID"]

    attempt = cx_journal.exchanges(8, where=told("GSW_CALL_ATTEMPT_GUID", guid))

    assert [one.operation for one in attempt] == [HISTORY, VALIDATION, HISTORY]
    begun, _, over = (one.request["body"] for one in attempt)
    assert (begun["GSW_HIST_SEQUENCE_NUM"], "GSW_CALL_RESULT" in begun) == (0, False)
    assert CallResult(over["GSW_CALL_RESULT"]) is not CallResult.UNKNOWN


def test_a_suppressed_number_is_not_dialed(
    cx_testbed: Testbed, cx_ocs: Ocs, cx_sftp: Sftp, cx_journal: Journal, campaign: Define, run_job: RunJob
) -> None:
    """Validation answers 409 with the list that forbids it; the record's result is "do not call"."""
    cx_sftp.put("/in/never.csv", f"Device\n{LONDON}\n")
    run_job("import-suppression", "/in/never.csv", "Never")

    campaign().do("load", "start")

    asked = cx_journal.wait_for(8, operation=VALIDATION, where=told("GSW_PHONE", LONDON))
    assert asked.response["status"] == 409
    assert asked.response["body"]["GSW_BLOCKING_RULE"] == "Never"
    assert cx_testbed.run(until(lambda: len(cx_ocs.dialed) + len(cx_ocs.blocked) == 3, within=5))
    assert {one.phone for one in cx_ocs.dialed} == {NEW_YORK, TEXAS}
    assert [(one.phone, one.result) for one in cx_ocs.blocked] == [(LONDON, CallResult.DO_NOT_CALL)]


def test_history_that_was_not_taken_is_sent_again(cx_redis: RedisFace, cx_journal: Journal, campaign: Define) -> None:
    """Redis is full, so CX Contact cannot keep history; OCS keeps it, and nothing is lost when there is room again."""
    spring = campaign()
    spring.do("load")
    cx_redis.call("CONFIG", "SET", "maxmemory", "1")
    try:
        spring.do("start")
        refused = cx_journal.wait_for(8, operation=HISTORY, where=lambda one: not one.ok)
    finally:
        cx_redis.call("CONFIG", "SET", "maxmemory", "0")

    again = cx_journal.wait_for(8, where=lambda one: one.ok and one.request == refused.request)
    assert again.index > refused.index
