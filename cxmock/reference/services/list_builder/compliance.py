"""Pulls the compliance data (row 3): OAuth client credentials, then the data set, or 304 when it is the one at hand.

The data goes into Redis: the rules for Compliance Manager, the whole document for other replicas and whoever starts
next. Whoever needs it looks there first, so that no replica goes on with an older set than another one has pulled.
"""

from __future__ import annotations

import asyncio
import re
from base64 import b64encode
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from cxmock.reference.calls import Caller
from cxmock.reference.envelope import Code, Refusal
from cxmock.reference.runtime import Runtime
from cxmock.reference.services.list_builder.zones import Compliance
from cxmock.topology import Component
from cxmock.wire.http import Response, from_json, to_json

EARLY = 60.0
"""Seconds before its end at which a token is replaced."""
DATA = "/api/v2/outbound/compliancedata"


@dataclass
class ComplianceSource:
    """The compliance data, pulled anew whenever it is asked for and cheap when nothing has changed."""

    runtime: Runtime
    data: Compliance = field(default_factory=Compliance)
    """What is at hand."""
    fetched: float = 0.0
    """When it was last known to be the provider's, in UTC seconds."""
    problem: str = ""
    """Why it could not be pulled, the last time."""
    _etag: str = ""
    _token: str = ""
    _token_ends: float = 0.0
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def forget(self) -> None:
        """Return to the state right after the start."""
        self.data, self.fetched, self.problem = Compliance(), 0.0, ""
        self._etag = self._token = ""

    async def at_hand(self) -> Compliance:
        """Return the provider's present data; when it cannot be had, the latest there is (see :attr:`problem`)."""
        try:
            await self.pull()
        except Refusal as refusal:
            self.problem = refusal.message
        return self.data

    async def pull(self) -> bool:
        """Bring the data up to date; return whether it has changed.

        Raises:
            Refusal: the provider does not answer, or does not give it.
        """
        async with self._turn:
            await self.recall()
            response = await self._ask()
            if response.status == 401:
                self._token = ""
                response = await self._ask()
            self.problem = ""
            if response.status == 304:
                self.fetched = self.runtime.clock.now()
                return False
            if response.status != 200:
                raise _refused(f"GET {DATA}", response)
            try:
                document = response.json()
                data = await asyncio.to_thread(Compliance.of, document)
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise Refusal(Code.BACK_END, f"The compliance data cannot be read: {error!r}.", status=502) from None
            _expect_no_older(data.version, self.data.version)
            etag, now = response.headers.get("etag", ""), self.runtime.clock.now()
            await self._keep(document, response.text, etag, now)
            self.data, self._etag, self.fetched = data, etag, now
            self.runtime.metrics.count("cxc_list_manager_downloaded_compliance_files_count")
            return True

    async def _ask(self) -> Response:
        headers = {"Authorization": f"Bearer {await self._access_token()}"}
        if self._etag:
            headers["If-None-Match"] = self._etag
        return await self._provider.request("GET", DATA, headers=headers)

    async def _access_token(self) -> str:
        settings, now = self.runtime.settings, self.runtime.clock.now()
        if not self._token or now >= self._token_ends - EARLY:
            login = f"{settings.compliance_client_id}:{settings.compliance_client_secret}"
            response = await self._provider.request(
                "POST",
                "/oauth/token",
                form={"grant_type": "client_credentials"},
                headers={"Authorization": f"Basic {b64encode(login.encode()).decode()}"},
            )
            try:
                issued = response.json()
                self._token = issued["access_token"]
                self._token_ends = now + float(issued.get("expires_in", 0))
            except (ValueError, KeyError, TypeError):
                raise _refused("POST /oauth/token", response) from None
        return self._token

    @property
    def _provider(self) -> Caller:
        return self.runtime.caller(Component.COMPLIANCE_PROVIDER.label, self.runtime.settings.compliance_url)

    async def _keep(self, document: dict[str, Any], text: str, etag: str, now: float) -> None:
        """Put the data into Redis (row 5), all at once.

        Raises:
            Refusal: another replica has put newer data there meanwhile.
        """
        from redis.exceptions import WatchError

        keys, version = self.runtime.keys, str(document.get("version", ""))
        async with self.runtime.redis.pipeline(transaction=True) as pipe:
            while True:
                await pipe.watch(keys.compliance)
                _expect_no_older(version, str(await pipe.hget(keys.compliance, "version") or ""))
                pipe.multi()  # type: ignore[no-untyped-call]
                pipe.set(keys.compliance_document, text)
                pipe.hset(
                    keys.compliance,
                    mapping={
                        "version": version,
                        "etag": etag,
                        "fetched": str(int(now)),
                        "rules": to_json(document.get("rules", [])).decode(),
                    },
                )
                pipe.incr(keys.rules_version)
                with suppress(WatchError):  # somebody else has put data there: look again
                    await pipe.execute()
                    return

    async def recall(self) -> None:
        """Take up what an earlier process or another replica kept in Redis, if that is there and other than ours."""
        redis, keys = self.runtime.redis, self.runtime.keys
        etag = await redis.hget(keys.compliance, "etag")  # first: should both change meanwhile, it is noticed next time
        if not etag or etag == self._etag:
            return
        if text := await redis.get(keys.compliance_document):
            self.data = await asyncio.to_thread(lambda: Compliance.of(from_json(text)))
            self._etag, self.fetched = str(etag), float(await redis.hget(keys.compliance, "fetched") or 0)


def _expect_no_older(version: str, held: str) -> None:
    """Refuse data that are older than what there is."""
    if _older(version, held):
        raise Refusal(
            Code.BACK_END,
            f'The compliance data are "{version}", older than "{held}", which is kept.',
            "Have the provider hand out its latest version.",
            status=502,
        )


def _older(version: str, held: str) -> bool:
    """Return whether a version comes before another: by the numbers it begins with, where both begin so (assumed).

    >>> _older("9.0.9", "9.0.43"), _older("9.0.43-1f", "9.0.43-2e"), _older("spring", "9.0.43")
    (True, False, False)
    """
    new, old = (re.match(r"[0-9]{1,9}(?:\.[0-9]{1,9})*", one) for one in (version, held))
    return bool(new and old) and _numbers(new) < _numbers(old)


def _numbers(found: re.Match[str] | None) -> list[int]:
    return [int(one) for one in found[0].split(".")] if found else []


def _refused(call: str, response: Response) -> Refusal:
    return Refusal(
        Code.BACK_END,
        f"The compliance data provider answered {call} with HTTP {response.status}.",
        f"Check CX_COMPLIANCE_CLIENT_ID and CX_COMPLIANCE_CLIENT_SECRET; it said: {response.text[:200]!r}",
        status=502,
    )
