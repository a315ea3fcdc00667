"""What Configuration Server holds before anybody wrote anything: a small contact centre, ready for a campaign."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final

from cxmock.fakes.confserv.store import Store
from cxmock.wire.genesys.enumerations import CallResult

AGENT_GROUP: Final = "Outbound agents"
FORMAT: Final = "CX Contact calling list"

COLUMNS: Final = (
    *("record_id", "contact_info", "contact_info_type", "record_type", "record_status", "call_result", "attempt"),
    *("dial_sched_time", "call_time", "daily_from", "daily_till", "tz_dbid", "campaign_id", "agent_id", "chain_id"),
    *("chain_n", "group_id", "app_id", "treatments", "media_ref", "email_subject", "email_template_id", "switch_id"),
)
"""The mandatory columns of a calling list (documented)."""
_TEXTS: Final = frozenset(("contact_info", "agent_id", "treatments", "email_subject"))

TREATMENTS: Final = (
    ("Retry busy", CallResult.BUSY, "RetryIn", 3, 10),
    ("Retry no answer", CallResult.NO_ANSWER, "RetryIn", 2, 30),
    ("Next device after no answer", CallResult.NO_ANSWER, "NextInChain", 1, 0),
    ("Retry answering machine", CallResult.ANSWERING_MACHINE, "RetryIn", 2, 120),
    ("Next device after invalid number", CallResult.SIT_INVALID_NUMBER, "NextInChain", 1, 0),
    ("Next device after fax", CallResult.FAX, "NextInChain", 1, 0),
    ("Next device if not allowed", CallResult.DO_NOT_CALL, "NextInChain", 1, 0),
)
"""Name, call result, what to do, for how many attempts, and after how many minutes."""


def seeded(tenant: str, ccid: str, user: str) -> Store:
    """Return a store with what every campaign needs.

    Args:
        tenant: the tenant's name.
        ccid: its contact centre id, kept in its properties: section ``gws``, key ``ccid`` (assumed).
        user: the user name of a supervisor.
    """
    store = Store()
    store.create("Tenant", {"name": tenant, "userProperties": {"gws": {"ccid": ccid}}})
    store.create("Folder", {"name": "Configuration"})
    for name, kind in (
        ("confserv", "ConfigurationServer"),
        ("ocs", "OutboundContactServer"),
        ("gws", "GenesysWebServices"),
        ("statserver", "StatServer"),
    ):
        store.create("Application", {"name": name, "type": kind, "options": {"OServer": {}} if name == "ocs" else {}})
    switch = store.create("Switch", {"name": "Main switch"})["DBID"]
    store.create("DN", {"name": "Outbound", "number": "5000", "type": "RoutingPoint", "switchDBID": switch})
    store.create("Person", {"userName": user, "firstName": "Sam", "lastName": "Visor"})
    agents = [
        store.create("Person", {"userName": f"agent{n}", "employeeID": f"A{n}", "isAgent": True})["DBID"]
        for n in (1, 2, 3)
    ]
    store.create("AgentGroup", {"name": AGENT_GROUP, "agentDBIDs": agents})
    fields = [
        store.create("Field", {"name": name, "type": "varchar" if name in _TEXTS else "int"})["DBID"]
        for name in COLUMNS
    ]
    store.create("Format", {"name": FORMAT, "fieldDBIDs": fields})
    for name, result, action, attempts, minutes in TREATMENTS:
        store.create(
            "Treatment",
            {
                "name": name,
                "callResult": int(result),
                "recActionCode": action,
                "attempts": attempts,
                "interval": minutes,
            },
        )
    store.fill("TimeZone", [{"name": zone} for zone in _time_zones()])
    store.create("Transaction", {"name": "CXContact", "type": "List"})
    store.create("Script", {"name": "Outbound script"})
    store.create("Role", {"name": "Outbound supervisor"})
    store.create("Enumerator", {"name": "Disposition Code", "displayName": "Disposition Code"})
    return store


@cache
def _time_zones() -> tuple[str, ...]:
    """Return every name of the IANA time-zone data base; that zones go by these names is assumed."""
    return tuple(sorted((files("tzdata") / "zones").read_text().split()))
