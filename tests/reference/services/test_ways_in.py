"""A wrong password anywhere is told with the name of the system that does not let CX Contact in."""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

import pytest

from cxmock.reference.runtime import SERVICE_KEY_HEADER
from cxmock.reference.service import API
from cxmock.reference.settings import Settings
from cxmock.testbed import Testbed
from cxmock.wire.http import Request, Response, to_json


async def asked(testbed: Testbed, service: str, change: dict[str, str], request: Request) -> Response:
    """Return what a service of its own, with other settings, answers."""
    settings = Settings.from_env(testbed.env | change)
    built = import_module(f"cxmock.reference.services.{service}").build(settings, testbed.clock)
    try:
        answer: Response = await built.answer(request)
        return answer
    finally:
        await built.aclose()


def ask(testbed: Testbed, service: str, change: dict[str, str], method: str, path: str, json: Any = None) -> Response:
    """Ask a service with changed settings, as another service would."""
    headers = {SERVICE_KEY_HEADER: testbed.env["CX_SERVICE_KEY"]}
    body = b"" if json is None else to_json(json)
    return testbed.run(asked(testbed, service, change, Request(method, API + path, headers, body)))


def wrong(url: str) -> str:
    """Return a URL with another password."""
    return re.sub(r":[^:@/]+@", ":wrong@", url)


@pytest.mark.parametrize(
    ("variable", "service", "method", "path", "told"),
    [
        ("CX_POSTGRES_URL", "list_builder", "GET", "/contact-lists", "PostgreSQL does not let CX Contact in"),
        ("CX_REDIS_URL", "job_scheduler", "GET", "/jobs", "Redis does not let CX Contact in"),
    ],
)
def test_a_wrong_password_of_a_store_is_told(
    testbed: Testbed, variable: str, service: str, method: str, path: str, told: str
) -> None:
    answer = ask(testbed, service, {variable: wrong(testbed.env[variable])}, method, path)
    assert (answer.status, answer.json()["status"]["code"]) == (503, 515)
    assert answer.json()["status"]["message"].startswith(told)
    assert "password" in answer.json()["status"]["message"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"CX_GWS_CLIENT_SECRET": "wrong"}, 'GWS refuses CX Contact\'s own client "cx_contact".'),
        ({"CX_GWS_URL": "http://127.0.0.1:1"}, "GWS does not answer: http://127.0.0.1:1 cannot be reached"),
    ],
)
def test_gws_that_does_not_let_cx_contact_in_is_told(testbed: Testbed, change: dict[str, str], told: str) -> None:
    answer = ask(testbed, "campaign_manager", change, "GET", "/campaigns")
    assert answer.status in (502, 503)
    assert answer.json()["status"]["message"].startswith(told)


def test_a_wrong_client_at_gws_is_not_blamed_on_who_logs_in(testbed: Testbed) -> None:
    user = testbed.directory.credentials.gws_user
    login = {"username": user.name, "password": user.secret}
    answer = ask(testbed, "api_aggregator", {"CX_GWS_CLIENT_SECRET": "wrong"}, "POST", "/login", login)
    assert (answer.status, answer.json()["status"]["code"]) == (502, 515)


def test_a_wrong_client_at_the_compliance_provider_is_told(testbed: Testbed) -> None:
    change = {"CX_COMPLIANCE_CLIENT_SECRET": "wrong"}
    answer = ask(testbed, "list_builder", change, "POST", "/compliance-data")
    assert answer.status == 502
    assert "POST /oauth/token with HTTP 401" in answer.json()["status"]["message"]
    assert "CX_COMPLIANCE_CLIENT_SECRET" in answer.json()["status"]["detail"]


@pytest.mark.parametrize("protocol", ["sftp", "ftp"])
def test_a_wrong_password_of_the_customers_server_ends_the_run(testbed: Testbed, protocol: str) -> None:
    variable = f"CX_{protocol.upper()}_URL"
    change = {variable: wrong(testbed.env[variable])}
    job = {"name": "job", "action": "import-contacts", "protocol": protocol, "path": "/in/x.csv", "list": "Leads"}
    assert ask(testbed, "job_scheduler", change, "POST", "/jobs", job).status == 201
    run = ask(testbed, "job_scheduler", change, "POST", "/jobs/job/run").json()["data"]
    assert run["state"] == "failed"
    assert "does not let" in run["reason"] or "refused" in run["reason"]
    assert testbed.directory.credentials.sftp.secret not in run["reason"]


def test_another_server_than_the_customers_is_not_trusted(testbed: Testbed) -> None:
    """A server with another host key gets neither the password nor a file."""
    import asyncssh

    key = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().strip()
    job = {"name": "job", "action": "import-contacts", "path": "/in/x.csv", "list": "Leads"}
    change = {"CX_SFTP_HOST_KEY": key}
    ask(testbed, "job_scheduler", change, "POST", "/jobs", job)
    run = ask(testbed, "job_scheduler", change, "POST", "/jobs/job/run").json()["data"]
    assert "host key" in run["reason"]
