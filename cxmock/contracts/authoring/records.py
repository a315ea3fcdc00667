"""Records as OCS tells CX Contact of them over connection 8: their columns, and what it adds under ``GSW_`` keys.

Names of columns and keys are documented; what a campaign group and a record are called besides is ours.
"""

from __future__ import annotations

from typing import Any

from cxmock.contracts.authoring import Term, from_state, integer, like, null_or, one_of, uuid

WHO = {
    "GSW_TENANT_NAME": from_state("${tenant}", "Acme"),
    "GSW_TENANT_CCID": from_state("${ccid}", "54740030-8867-4790-9ff5-f224bcc7eff5"),
}
CAMPAIGN = {
    "GSW_CAMPAIGN_DBID": integer(101),
    "GSW_CAMPAIGN_NAME": like("Spring"),
    "GSW_CAMPAIGN_GROUP_NAME": like("Spring@Outbound agents"),
    "GSW_CAMPAIGN_GROUP_GUID": uuid(),
    "GSW_GROUP_NAME": like("Outbound agents"),
}
NEEDED = {
    **WHO,
    "GSW_CAMPAIGN_NAME": like("Spring"),
    "GSW_CAMPAIGN_GROUP_NAME": like("Spring@Outbound agents"),
    "GSW_CALL_ATTEMPT_GUID": uuid("6a1f0f6e-4c8e-4d7e-9d0a-1f3f3a5d2b01"),
    "GSW_PHONE": like("+12025550143"),
    "GSW_CUSTOMER_ID": like("C-4711"),
    "GSW_TZ_NAME": like("America/New_York"),
    "GSW_TZ_OFFSET": integer(-18000),
}
"""Of a record, what rules and histories need."""
RECORD = {
    **NEEDED,
    **CAMPAIGN,
    "GSW_RECORD_HANDLE": integer(1),
    "GSW_PHONE_TYPE": integer(4),
    "GSW_CALLING_LIST": like("Spring"),
    "GSW_CALLING_LIST_DBID": integer(101),
    "GSW_CHAIN_ID": integer(1),
    "GSW_CHAIN_N": integer(0),
    "GSW_SCHEDULED_TIME": null_or(integer(1767225600)),
    "GSW_AGENT_ID": null_or("agent1"),
    "GSW_DEVICE_MASK": null_or(integer(1)),
}
"""Of a record, what OCS tells under keys of its own."""
_NUMBERS = (
    *("record_id", "contact_info_type", "record_type", "record_status", "call_result", "attempt", "daily_from"),
    *("daily_till", "chain_id", "chain_n"),
)
_MAYBE_NUMBERS = (
    *("dial_sched_time", "call_time", "tz_dbid", "campaign_id", "group_id", "app_id", "media_ref"),
    *("email_template_id", "switch_id", "c_tz_dbid", "cd_device_index", "cd_mask", "cd_tz_dbid"),
)
_MAYBE_TEXTS = (
    *("agent_id", "treatments", "email_subject", "c_client_id", "c_first_name", "c_last_name", "c_company"),
    *(f"c_other{number}" for number in range(1, 21)),
    *("c_country_code_iso", "c_original_record", "c_postal_code", "c_state_code", "c_tz_name", "cd_area_code"),
    *("cd_country_code", "cd_country_code_iso", "cd_device_type", "cd_exchange", "cd_extension", "cd_number"),
    *("cd_state_code", "cd_tz_name"),
)
PROPERTIES: dict[str, Any] = {
    "contact_info": like("+12025550143"),
    **{name: integer(1) for name in _NUMBERS},
    **{name: null_or(integer(1)) for name in _MAYBE_NUMBERS},
    **{name: null_or("Ada") for name in _MAYBE_TEXTS},
}
"""A record's columns in a calling list."""


def properties(phone: str, media: Term | str) -> dict[str, Any]:
    """Return all that OCS tells of a record before it dials it.

    Args:
        phone: the device.
        media: how the campaign reaches people.
    """
    named = {"GSW_PHONE": like(phone), "contact_info": like(phone)}
    return {**PROPERTIES, **RECORD, **named, "GSW_ATTEMPT": integer(1), "media": media}


MEDIA = one_of("voice", "sms", "email")
