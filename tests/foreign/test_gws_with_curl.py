"""GWS with curl: TLS by the testbed's CA, and what curl does that our own client does not."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from cxmock.testbed import Testbed
from cxmock.topology import Component

pytestmark = pytest.mark.foreign


@pytest.fixture(scope="module")
def testbed() -> Iterator[Testbed]:
    """GWS, and whom it needs."""
    with Testbed() as testbed:
        testbed.start(Component.GWS)
        yield testbed


def curl(testbed: Testbed, *arguments: str) -> Any:
    """Run curl and return the JSON that it got."""
    command = ["curl", "--silent", "--show-error", "--max-time", "10", "--cacert", str(testbed.authority.ca_file)]
    ran = subprocess.run([*command, *arguments], capture_output=True, text=True, timeout=20, check=False)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def test_a_token_opens_the_configuration_api(testbed: Testbed) -> None:
    """From the login to the objects, over TLS."""
    base, client = testbed.env["CX_GWS_URL"], testbed.directory.credentials.gws_client
    login = ("--user", f"{client.name}:{client.secret}", "--data", "grant_type=client_credentials")
    token = curl(testbed, *login, f"{base}/auth/v3/oauth/token")["access_token"]
    bearer = ("--header", f"Authorization: Bearer {token}")
    reply = curl(testbed, *bearer, f"{base}/configuration/v3/objects/applications?name=ocs")
    assert [one["name"] for one in reply["data"]["objects"]] == ["ocs"]


@pytest.mark.parametrize("size", [10, 2_000_000])
@pytest.mark.parametrize("options", [("--http2",), ("--header", "Transfer-Encoding: chunked"), ("--http1.0",)])
def test_a_body_arrives_however_curl_sends_it(testbed: Testbed, options: tuple[str, ...], size: int) -> None:
    """With a wish for HTTP/2, in chunks, in HTTP/1.0; a large one waits for 100 Continue."""
    place = testbed.directory.endpoint(Component.GWS)
    ops = testbed.directory.credentials.gws_ops
    setting = json.dumps({"data": {"name": "x" * size, "value": 1}})
    ccid = testbed.directory.credentials.ccid
    url = f"http://{place.host}:{place.port}/environment/v3/contact-centers/{ccid}/settings"
    command = ["curl", "--silent", "--show-error", "--max-time", "10", "--user", f"{ops.name}:{ops.secret}", *options]
    ran = subprocess.run(
        [*command, "--data-binary", "@-", url], input=setting, capture_output=True, text=True, timeout=20, check=False
    )
    assert (ran.returncode, json.loads(ran.stdout)) == (0, {"status": {"code": 0}}), ran.stderr
    settings = curl(testbed, "--user", f"{ops.name}:{ops.secret}", url)["data"]["settings"]
    assert [one["name"] for one in settings] == ["x" * size]
    testbed.reset()
