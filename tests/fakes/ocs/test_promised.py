"""What OCS does at the request of agents and of campaigns is what its contracts promise, and nothing else."""

from __future__ import annotations

from typing import Any

from cxmock.contracts.conformance import conformance
from cxmock.contracts.library import load
from cxmock.wire.genesys.enumerations import RecordType

from .conftest import NOON, Stage
from .test_desk import ask, do, handle_of, previewing
from .test_desktop import post


def test_every_statement_of_a_day_at_the_desks_is_promised(stage: Stage) -> None:
    """Tables are named with their schema, as CX Contact names them; conformance finds nothing that is not promised."""
    callback: dict[str, Any] = {"record_type": RecordType.CAMPAIGN_CALLBACK, "dial_sched_time": int(NOON)}
    stage.records(
        *({"contact_info": f"+{number}"} for number in range(1, 7)),
        {"contact_info": "+7", **callback},
        {"contact_info": "+8", **callback, "dial_sched_time": 1},
    )
    previewing(stage, table_name="cxc.cl_spring")
    do(stage, "RecordProcessed", ask(stage)["GSW_RECORD_HANDLE"])
    do(stage, "RecordReject", ask(stage)["GSW_RECORD_HANDLE"])
    later = {"GSW_CALLBACK_TYPE": "Personal", "GSW_DATE_TIME": "03/02/2026 15:00", "GSW_AGENT_ID": "A1"}
    do(stage, "RecordReschedule", handle_of(stage, "+1"), **later)
    do(stage, "RequestRecordCancel", handle_of(stage, "+2"))
    do(stage, "DoNotCall", handle_of(stage, "+3"))
    post(stage, "/phones/+4?req=CancelRecord")
    post(stage, "/lists/spring?req=AddRecord", {"GSW_PHONE": "+9"})
    stage.testbed.run(stage.control.force_unload(*stage.ids))

    found = conformance(load(13), stage.testbed.journal.exchanges(13))
    assert [(one.operation, one.promise, str(one.explanation)) for one in found.judgements if one.wrong] == []
