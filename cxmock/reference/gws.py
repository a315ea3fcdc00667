"""How CX Contact speaks to GWS (row 11): tokens, configuration objects, campaigns, statistics.

Paths, grants and the envelope are documented; spellings of writes and of most campaign commands are assumed.
"""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from cxmock.net.clock import Clock
from cxmock.reference.calls import Caller
from cxmock.reference.envelope import Code, Refusal
from cxmock.reference.settings import Settings
from cxmock.wire.http import Response

EARLY = 60.0
"""Seconds before its end at which a token is replaced."""

Attributes = dict[str, Any]
"""A configuration object as GWS tells it, by the Configuration SDK's names."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """What GWS issued to a person."""

    access: str
    refresh: str
    seconds: float


class Gws:
    """CX Contact's client of GWS.

    Everything is asked with CX Contact's own token (client credentials), fetched on first use, replaced before it ends
    and once more when GWS no longer knows it. Every error of GWS becomes a refusal that names it.
    """

    def __init__(self, caller: Caller, settings: Settings, clock: Clock) -> None:
        self._caller = caller
        self._settings = settings
        self._clock = clock
        self._token = ""
        self._ends = 0.0
        self._turn = asyncio.Lock()

    # People

    async def log_in(self, username: str, password: str) -> Tokens:
        """Exchange a person's password for tokens (password grant, ``tenant\\user``).

        Raises:
            Refusal: wrong user or password (601, HTTP 401).
        """
        who = username if "\\" in username else f"{self._settings.tenant}\\{username}"
        response = await self._grant({"grant_type": "password", "username": who, "password": password})
        if response.status in (400, 403):
            raise Refusal(
                Code.UNAUTHORIZED,
                "GWS does not accept this user and password.",
                f"Asked for {who}; {_reason(response)}",
            )
        issued = self._issued(response)
        return Tokens(issued["access_token"], issued.get("refresh_token", ""), float(issued.get("expires_in", 0)))

    async def userinfo(self, access_token: str) -> Attributes:
        """Return who holds ``access_token``: ``cmeUserName``, ``dbid``, ``contactCenterId``, ``authorities``, ..."""
        response = await self._caller.request("GET", "/auth/v3/userinfo", headers=_bearer(access_token))
        if response.status in (401, 403):
            raise Refusal(Code.UNAUTHORIZED, "GWS does not know this token.", "Log in again.")
        try:
            info: Attributes = response.json()
        except ValueError:
            raise self._strange("GET /auth/v3/userinfo", response) from None
        return info

    async def sign_out(self, access_token: str) -> None:
        """Tell GWS that a person leaves; an unknown token is no error."""
        await self._caller.request("POST", "/auth/v3/sign-out?global=false", headers=_bearer(access_token))

    # Configuration (through GWS, row 10)

    async def objects(self, kind: str, filters: Mapping[str, str | int] | None = None) -> list[Attributes]:
        """Return the configuration objects of ``kind`` (plural, hyphenated) that match; integers as ``key:int``."""
        typed = {key if isinstance(value, str) else f"{key}:int": value for key, value in (filters or {}).items()}
        query = f"?{urlencode(typed)}" if typed else ""
        data = await self._ask("GET", f"/configuration/v3/objects/{kind}{query}")
        found: list[Attributes] = data.get("objects", [])
        return found

    async def one(self, kind: str, name: str) -> Attributes | None:
        """Return the object of ``kind`` named ``name``, or None."""
        return next(iter(await self.objects(kind, {"name": name})), None)

    async def needed(self, kind: str, name: str) -> Attributes:
        """Return the object of ``kind`` named ``name``.

        Raises:
            Refusal: there is none (604).
        """
        if found := await self.one(kind, name):
            return found
        known = ", ".join(sorted(each["name"] for each in await self.objects(kind))) or "none"
        raise Refusal(
            Code.NOT_FOUND,
            f'Configuration has no {kind.removesuffix("s").replace("-", " ")} "{name}".',
            f"Create it, or name one of: {known}.",
        )

    async def ensure(self, kind: str, name: str, attributes: Mapping[str, Any]) -> int:
        """Return the DBID of the object of ``kind`` named ``name``, created with ``attributes`` unless it is there.

        So a step that is done again after a failure does no harm.
        """
        if found := await self.one(kind, name):
            return int(found["DBID"])
        data = await self._ask("POST", f"/configuration/v3/objects/{kind}", {"data": {"name": name, **attributes}})
        return int(data["DBID"])

    async def update(self, kind: str, dbid: int, changes: Mapping[str, Any]) -> None:
        """Change what ``changes`` names of an object."""
        await self._ask("PUT", f"/configuration/v3/objects/{kind}/{dbid}", {"data": changes})

    async def delete(self, kind: str, dbid: int) -> None:
        """Delete an object to which no other refers."""
        await self._ask("DELETE", f"/configuration/v3/objects/{kind}/{dbid}")

    # Campaigns (through GWS, row 9)

    async def command(self, ocs_dbid: int, verb: str, data: Mapping[str, Any]) -> Any:
        """Have OCS do ``verb`` (``load-campaign``, ``start-dialing``, ...); return what it answered."""
        return await self._ask("POST", f"/ocs/v3/servers/{ocs_dbid}/{verb}", {"data": data})

    async def statistic(self, name: str, object_id: str, object_type: str) -> Attributes:
        """Return one statistic with its present ``value``, as GWS tells it."""
        query = urlencode({"objectId": object_id, "objectType": object_type})
        data = await self._ask("GET", f"/statistics/v3/statistic-values/{quote(name)}?{query}")
        told: Attributes = data["statistic"]
        return told

    async def statistics(self, names: Sequence[str], object_id: str, object_type: str) -> list[Attributes]:
        """Return several statistics of one object, each with its present ``value``."""
        wanted = [{"objectId": object_id, "objectType": object_type, "name": name} for name in names]
        target = "/statistics/v3/operations/get-statistic-ex"
        data = await self._ask("POST", target, {"data": {"statistics": wanted}})
        told: list[Attributes] = data["statistics"]
        return told

    # How

    async def _ask(self, method: str, target: str, json: object = None) -> Any:
        response = await self._caller.request(method, target, json=json, headers=await self._own_token())
        if response.status in (401, 403):
            self._token = ""
            response = await self._caller.request(method, target, json=json, headers=await self._own_token())
        if response.status in (401, 403):
            client = self._settings.gws_client_id
            raise Refusal(
                Code.BACK_END,
                f'GWS denies {method} {target.partition("?")[0]} to CX Contact\'s client "{client}".',
                f"Check its roles at GWS; {_reason(response)}",
                status=502,
            )
        return self._caller.open_envelope(method, target, response)

    async def _own_token(self) -> dict[str, str]:
        async with self._turn:
            if not self._token or self._clock.now() >= self._ends - EARLY:
                response = await self._grant({"grant_type": "client_credentials"})
                issued = self._issued(response)
                self._token = issued["access_token"]
                self._ends = self._clock.now() + float(issued.get("expires_in", 0))
            return _bearer(self._token)

    async def _grant(self, form: Mapping[str, str]) -> Response:
        login = f"{self._settings.gws_client_id}:{self._settings.gws_client_secret}"
        headers = {"Authorization": f"Basic {b64encode(login.encode()).decode()}"}
        response = await self._caller.request("POST", "/auth/v3/oauth/token", form=form, headers=headers)
        if response.status == 401 or (response.status == 400 and form["grant_type"] == "client_credentials"):
            raise Refusal(
                Code.BACK_END,
                f'GWS refuses CX Contact\'s own client "{self._settings.gws_client_id}".',
                f"Check CX_GWS_CLIENT_ID and CX_GWS_CLIENT_SECRET; {_reason(response)}",
                status=502,
            )
        return response

    def _issued(self, response: Response) -> Attributes:
        try:
            issued: Attributes = response.json()
            issued["access_token"]
        except (ValueError, KeyError, TypeError):
            raise self._strange("POST /auth/v3/oauth/token", response) from None
        return issued

    def _strange(self, call: str, response: Response) -> Refusal:
        return Refusal(
            Code.BACK_END,
            f"GWS answered {call} with HTTP {response.status} and nothing that CX Contact understands.",
            f"The body begins with: {response.text[:200]!r}",
            status=502,
        )


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _reason(response: Response) -> str:
    """Return in short what GWS said."""
    said = " ".join(response.text.split())[:200]
    return f"GWS said {response.status}{': ' + said if said else ''}."


def kv_list(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return a key-value list as GWS writes it (documented).

    >>> kv_list({"OServer": {"timeout": 5}})
    [{'key': 'OServer', 'type': 'kvlist', 'value': [{'key': 'timeout', 'type': 'int', 'value': 5}]}]
    """
    return [_pair(key, value) for key, value in values.items()]


def _pair(key: str, value: Any) -> dict[str, Any]:
    if isinstance(value, Mapping):
        return {"key": key, "type": "kvlist", "value": kv_list(value)}
    return {"key": key, "type": "int" if isinstance(value, int) else "str", "value": value}
