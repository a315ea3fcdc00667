"""The testbed as a container image, built as the documentation says, from what ``pip install cxmock`` gives."""

from __future__ import annotations

import asyncio
import json
import secrets
import shutil
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from cxmock.net.waiting import until

pytestmark = pytest.mark.containers

ROOT = Path(__file__).parents[2]
IMAGE = "cxmock:under-test"


def docker(*words: str, said: str = "") -> str:
    """Run the client to its end; return what it says."""
    done = subprocess.run(["docker", *words], input=said, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture(scope="module")
def image() -> Iterator[str]:
    """The image, from the repository's own Dockerfile."""
    docker("build", "--tag", IMAGE, "-", said=(ROOT / "Dockerfile").read_text())
    yield IMAGE
    docker("rmi", "--force", IMAGE)


@pytest.fixture
def running(image: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """A container of it, with the testbed up; its name."""
    name = f"cxmock-{secrets.token_hex(4)}"
    folder = Path(tempfile.mkdtemp(prefix="image-", dir="/dev/shm"))
    folder.chmod(0o1777)
    where = ["--volume", f"{folder}:{folder}", "--env", f"CXMOCK_TMPDIR={folder}"]
    options = ["--network", "host", *where, *getattr(request, "param", [])]
    docker("run", "--detach", "--name", name, *options, image)
    try:
        assert asyncio.run(until(lambda: tells(name), within=120, every=0.2)), docker("logs", name)
        yield name
    finally:
        docker("rm", "--force", "--volumes", name)
        shutil.rmtree(folder)


def tells(name: str) -> bool:
    done = subprocess.run(["docker", "exec", name, "cxmock", "env"], capture_output=True, timeout=20, check=False)
    return done.returncode == 0


@pytest.mark.parametrize("running", [[], ["--user", "cxmock"]], ids=["root", "user"], indirect=True)
def test_a_client_outside_reaches_gws_and_a_stop_leaves_nothing(running: str) -> None:
    """The variables hold outside, the certificate is trusted, and ``docker stop`` is not left to kill."""
    env = json.loads(docker("exec", running, "cxmock", "env", "--json"))
    with httpx.Client(verify=ssl.create_default_context(cafile=env["SSL_CERT_FILE"])) as client:
        login = (env["CX_GWS_CLIENT_ID"], env["CX_GWS_CLIENT_SECRET"])
        asked = {"grant_type": "client_credentials"}
        answer = client.post(f"{env['CX_GWS_URL']}/auth/v3/oauth/token", data=asked, auth=login)
    assert answer.status_code == 200, answer.text
    assert answer.json()["access_token"]
    folder = Path(env["NODE_EXTRA_CA_CERTS"]).parent
    assert folder.is_dir()
    began = time.monotonic()
    docker("stop", running)
    assert time.monotonic() - began < 10, "it was killed"
    assert docker("inspect", "--format", "{{.State.ExitCode}}", running) == "0"
    assert "Stopped." in docker("logs", running)
    assert not folder.exists()
    with pytest.raises(httpx.ConnectError):
        httpx.get(env["CX_GWS_URL"], verify=False, timeout=5)
