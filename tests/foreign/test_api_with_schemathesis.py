"""Schemathesis' own command against the API, longer than in every run: each of its phases, with a seed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from cxmock.reference.service import API
from cxmock.testbed import Testbed
from cxmock.testbed.contact import Contact
from cxmock.topology import Component

pytestmark = pytest.mark.foreign

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
PHASES = "examples,coverage,fuzzing"
EXAMPLES = 20


def test_schemathesis_finds_no_fault(tmp_path: Path) -> None:
    """It is let in by an API key, which it must not revoke."""
    with Testbed() as testbed:
        testbed.start(Component.INGRESS)
        contact = Contact(testbed)
        contact.login()
        key = contact.post("/api-keys", {"name": "schemathesis"})["key"]
        trusted = str(testbed.authority.ca_file)
        command = [str(Path(sys.executable).with_name("schemathesis")), "run", f"{contact.url}{API}/openapi.json"]
        command += ["--header", f"x-api-key: {key}", "--tls-verify", trusted, "--checks", CHECKS, "--phases", PHASES]
        command += ["--max-examples", str(EXAMPLES), "--seed", "20260114", "--request-timeout", "30"]
        command += ["--exclude-operation-id", "api-aggregator.revoke_key"]
        ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=570, check=False)
        contact.close()
    assert ran.returncode == 0, ran.stdout[-5000:] + ran.stderr[-2000:]
