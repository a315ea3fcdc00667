"""Connection 13: OCS takes the records of a contact list from PostgreSQL, and writes back what became of them."""

from __future__ import annotations

from typing import Any

from cxmock.fakes.ocs import Ocs
from cxmock.journal import Journal
from cxmock.net.waiting import until
from cxmock.stores.postgres import Postgres
from cxmock.testbed import Testbed
from cxmock.testbed.faces import PostgresFace
from cxmock.wire.genesys.enumerations import CallResult, RecordStatus, RecordType

from .conftest import DAYTIME, LONDON, NEW_YORK, TEXAS, Define

MINUTE = 60


async def written(postgres: Postgres, phone: str, **wanted: int) -> dict[str, Any]:
    """Return the record of a phone number as soon as OCS has written ``wanted`` into it."""
    found: dict[str, Any] = {}

    async def there() -> bool:
        found.update(next(one for one in await postgres.rows("Leads") if one["contact_info"] == phone))
        return wanted.items() <= found.items()

    await until(there, within=5)
    return found


def test_records_are_taken_and_what_became_of_them_is_written_back(
    cx_testbed: Testbed, cx_ocs: Ocs, cx_postgres: PostgresFace, cx_journal: Journal, campaign: Define
) -> None:
    """Ready, retrieved, updated: nobody is called twice, and the result of each call is kept."""
    cx_ocs.outcomes[LONDON] = [CallResult.ANSWER]

    campaign().do("load", "start")

    record = cx_testbed.run(written(cx_postgres.part, LONDON, record_status=RecordStatus.UPDATED))
    assert (record["call_result"], record["attempt"]) == (CallResult.ANSWER, 1)
    assert DAYTIME <= record["call_time"] < DAYTIME + MINUTE
    assert {one.source for one in cx_journal.exchanges(13)} == {"ocs"}


def test_who_was_busy_is_called_again_when_the_treatment_says_so(
    cx_testbed: Testbed, cx_ocs: Ocs, cx_postgres: PostgresFace, campaign: Define
) -> None:
    """A busy number is tried again after ten minutes, and the record says when."""
    cx_ocs.outcomes[LONDON] = [CallResult.BUSY, CallResult.ANSWER]
    campaign().do("load", "start")

    record = cx_testbed.run(written(cx_postgres.part, LONDON, record_type=RecordType.CAMPAIGN_RESCHEDULED))
    assert record["dial_sched_time"] == record["call_time"] + 10 * MINUTE

    cx_testbed.clock.advance(11 * MINUTE)
    record = cx_testbed.run(written(cx_postgres.part, LONDON, record_status=RecordStatus.UPDATED))
    assert (record["call_result"], record["attempt"]) == (CallResult.ANSWER, 2)


def test_a_campaign_that_is_stopped_gives_back_what_it_did_not_dial(
    cx_testbed: Testbed, cx_postgres: PostgresFace, campaign: Define
) -> None:
    """Outside contact hours nothing is taken at all; whatever was taken is ready again."""
    cx_testbed.clock.advance(-9 * 60 * MINUTE)  # six in the morning in London, the middle of the night in America
    spring = campaign()
    spring.do("load", "start", "stop")

    records = cx_postgres.rows("Leads")

    assert {one["contact_info"]: one["record_status"] for one in records} == dict.fromkeys(
        (LONDON, NEW_YORK, TEXAS), RecordStatus.READY
    )
