"""``cxmock run``: a command with a testbed around it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cxmock.cli.main import main

LOOK = """
import os, socket, ssl, sys, urllib.request

print(os.environ["CX_REDIS_URL"].split("@")[1])
print(socket.gethostbyname("redis"))
with socket.create_connection(("nexus", 443), 5) as plain:
    context = ssl.create_default_context(cafile=os.environ["NODE_EXTRA_CA_CERTS"])
    with context.wrap_socket(plain, server_hostname="nexus") as secure:
        print(secure.getpeercert()["subjectAltName"][0])
sys.exit(7)
"""


def cxmock(*words: str) -> list[str]:
    return [sys.executable, "-m", "cxmock", "run", *words]


@pytest.mark.parametrize("words", [[], ["--isolated", "--ports", "documented"]])
def test_a_command_has_the_variables_and_the_names_and_its_exit_code_counts(words: list[str]) -> None:
    ran = subprocess.run(
        cxmock(*words, "--", sys.executable, "-c", LOOK), capture_output=True, text=True, timeout=60, check=False
    )

    address, redis, name = ran.stdout.splitlines()
    assert address == f"{redis}:6379/0"
    assert name == "('DNS', 'nexus')"
    assert (ran.returncode, ran.stderr) == (7, "")


def test_what_ends_us_ends_the_command_first(tmp_path: Path) -> None:
    """Ctrl-C is left to the command, which the terminal tells as well: an interactive one goes on."""
    script = """
import signal, sys
both = {signal.SIGINT, signal.SIGTERM}
signal.pthread_sigmask(signal.SIG_BLOCK, both)
print("ready", flush=True)
while signal.sigwait(both) == signal.SIGINT:
    print("interrupted", flush=True)
sys.exit(5)
"""
    with subprocess.Popen(
        cxmock("--no-names", sys.executable, "-c", script), stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            os.killpg(process.pid, signal.SIGINT)
            assert process.stdout.readline() == "interrupted\n"
            process.send_signal(signal.SIGTERM)

            assert process.wait(30) == 5
        finally:
            process.kill()


def test_a_command_that_a_signal_ends_is_told_as_in_a_shell() -> None:
    ran = subprocess.run(cxmock("--no-names", "sh", "-c", "kill -9 $$"), timeout=60, check=False)

    assert ran.returncode == 128 + signal.SIGKILL


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "There is no command to run."),
        (["--"], "There is no command to run."),
        (["--", "cxmock-nothing"], 'There is no program "cxmock-nothing" that could be run.'),
    ],
)
def test_what_cannot_be_run_is_told_before_anything_starts(
    capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert main(["run", *words]) == 2

    assert capsys.readouterr().err.splitlines()[0] == f"cxmock: {said}"
