"""Campaign Manager in a whole CX Contact, called at the ingress as a partner's program would."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest

from cxmock.testbed import Testbed
from cxmock.testbed.contact import BASE, Contact
from cxmock.topology import Component
from cxmock.wire.genesys.enumerations import CallResult
from tests.reference.services.conftest import GROUP, api, run_job, stranger, testbed, whole_testbed

__all__ = ["GROUP", "api", "run_job", "stranger", "testbed", "whole_testbed"]

NAME = f"Spring@{GROUP}"
NUMBER = "+12125550143"


@dataclass
class Desk:
    """Where a supervisor sits who works with campaigns."""

    testbed: Testbed
    api: Contact

    def make(self, kind: str, name: str, **fields: Any) -> dict[str, Any]:
        """Make a named object."""
        made: dict[str, Any] = self.api.post(f"/{kind}", {"name": name, **fields})
        return made

    def chain(self) -> None:
        """Make what a campaign group is made from: session profile, dialing profile, campaign template."""
        self.make("session-profiles", "daytime", channels=3, callerId="+442079460000")
        self.make("dialing-profiles", "calls", type="agent", sessionProfile="daytime", dialMode="progress")
        self.make("campaign-templates", "sales", dialingProfile="calls")

    def group(self, name: str = "Spring", **fields: Any) -> str:
        """Define a campaign group on the contact list "Leads"; return its path."""
        made = self.api.post("/campaign-groups", {"name": name, "group": GROUP, "contactList": "Leads", **fields})
        return f"/campaign-groups/{quote(made['name'])}"

    def do(self, path: str, *commands: str, **fields: Any) -> str:
        """Give commands; return where the campaign group stands then."""
        said: dict[str, Any] = {}
        for command in commands:
            said = self.api.post(f"{path}/{command}", {"autoCompletion": False} if command == "load" else fields)
        return str(said.get("status", ""))

    def refused(self, method: str, path: str, json: object = None) -> tuple[int, int, str, str]:
        """Return HTTP status, code, message and detail of a call that is refused."""
        answer = self.api.send(method, BASE + path, json=json)
        told = answer.json()
        assert told["data"] is None, told
        assert told["errors"][0]["code"] == told["status"]["code"]
        return answer.status, told["status"]["code"], told["status"]["message"], told["status"]["detail"]

    def configured(self, kind: str, name: str) -> Any:
        """Return an object of Configuration."""
        return self.testbed.part(Component.CONFSERV).named(kind, name)


@pytest.fixture
def desk(testbed: Testbed, api: Contact, run_job: Callable[..., dict[str, Any]]) -> Desk:
    """A desk with the contact list "Leads", of one number that is always busy: a campaign on it does not end."""
    run_job(f"ClientID,Device1\nC-1,{NUMBER}\n".encode())
    testbed.part(Component.OCS).outcomes[NUMBER] = [CallResult.BUSY] * 20
    return Desk(testbed, api)
