"""Preloading (row 7): before OCS loads a campaign group, the records of its contact list are made ready for it.

Documented: Campaign Manager preloads records in the outbound database. Assumed: what that is. Here a campaign contacts
each device that its media can reach once: devices of other kinds are marked as not to be called, and records that
another campaign has finished are ready again. What this campaign itself has done stays done, so that a campaign which
is loaded again goes on where it stopped; cancelled records and callbacks stay as they are.
"""

from __future__ import annotations

from cxmock.reference.calling_list import SCHEMA
from cxmock.reference.envelope import Code, Refusal
from cxmock.reference.postgres import Postgres
from cxmock.wire.genesys.enumerations import CallResult, ContactInfoType, RecordStatus, RecordType

REACHED_BY = {
    "voice": ("mobile", "landline", "either", "other"),
    "sms": ("mobile", "either"),
    "email": ("email",),
}
"""Media -> the kinds of devices that it reaches (assumed)."""

_LEFT_ALONE = (RecordType.PERSONAL_RESCHEDULED, RecordType.PERSONAL_CALLBACK, RecordType.CAMPAIGN_CALLBACK)

# Records that OCS was told to add have no kind of device, only the type of their contact_info.
_KIND = f"""coalesce(cd_device_type, CASE contact_info_type WHEN {ContactInfoType.EMAIL:d} THEN 'email'
  WHEN {ContactInfoType.MOBILE:d} THEN 'mobile' ELSE 'landline' END)"""


async def preload(postgres: Postgres, contact_list: str, media: str, campaign: int) -> int:
    """Make the records of ``contact_list`` ready for campaign ``campaign`` (its DBID); return how many are ready.

    Raises:
        Refusal: there is no such contact list (604).
    """
    async with postgres.transaction() as connection:
        found = await connection.execute(
            f"SELECT table_name FROM {SCHEMA}.contact_list WHERE name = %s", (contact_list,)
        )
        row = await found.fetchone()
        if row is None:
            raise Refusal(Code.NOT_FOUND, f'There is no contact list "{contact_list}".', "Import one of that name.")
        table = f'{SCHEMA}."{row[0]}"'
        await connection.execute(
            f"UPDATE {table} SET record_type = CASE WHEN {_KIND} = ANY(%s) THEN {RecordType.GENERAL:d} "
            f"ELSE {RecordType.NO_CALL:d} END, record_status = {RecordStatus.READY:d}, "
            f"call_result = {CallResult.UNKNOWN:d}, attempt = 0, call_time = NULL, dial_sched_time = NULL "
            f"WHERE campaign_id IS DISTINCT FROM %s AND record_status <> {RecordStatus.CANCELLED:d} "
            f"AND record_type <> ALL(%s)",
            (list(REACHED_BY[media]), campaign, [int(kind) for kind in _LEFT_ALONE]),
        )
        counted = await connection.execute(
            f"SELECT count(*) FROM {table} WHERE record_status = {RecordStatus.READY:d} "
            f"AND record_type <> {RecordType.NO_CALL:d}"
        )
        ready = await counted.fetchone()
        return int(ready[0]) if ready else 0
