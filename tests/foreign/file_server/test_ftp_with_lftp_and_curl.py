"""The customer's FTP server, used with ``lftp`` and ``curl``: plain and with TLS, passive and active."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from cxmock.fakes.sftp import Sftp
from cxmock.net.waiting import until
from cxmock.testbed import Testbed
from tests.foreign.memory import GIBIBYTE, MEBIBYTE, Peak

pytestmark = pytest.mark.foreign


WAYS = ("plain passive", "plain active", "tls passive", "tls active")


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    """How the clients come."""
    return str(request.param)


@pytest.fixture(params=WAYS[:3])
def curl_way(request: pytest.FixtureRequest) -> str:
    """How curl comes: 7.87 and 7.88 (Debian 12) accept an active data connection and then forget its TLS."""
    return str(request.param)


def lftp(testbed: Testbed, folder: Path, way: str, commands: str, password: str | None = None) -> tuple[int, str]:
    """Run ``commands``; return the exit code and all that was said."""
    url = urlsplit(testbed.env["CX_FTP_URL"])
    secure = "true" if "tls" in way else "false"
    settings = {
        "ftp:ssl-allow": secure,
        "ftp:ssl-force": secure,
        "ftp:ssl-protect-data": secure,
        "ssl:ca-file": str(testbed.authority.ca_file),
        "ftp:passive-mode": "true" if "passive" in way else "false",
        "net:max-retries": "1",
        "net:timeout": "10",
        "cmd:fail-exit": "true",
    }
    script = "; ".join(f"set {name} {value}" for name, value in settings.items())
    script += f"; open -u {url.username},{password or url.password} {url.hostname}:{url.port}; {commands}"
    done = subprocess.run(["lftp", "-c", script], capture_output=True, text=True, timeout=180, cwd=folder)
    return done.returncode, done.stdout + done.stderr


def curl_command(testbed: Testbed, way: str, path: str, *options: str, password: str | None = None) -> list[str]:
    """Return the command that asks for ``path``."""
    url = urlsplit(testbed.env["CX_FTP_URL"])
    command = ["curl", "-sS", "--max-time", "30", "-u", f"{url.username}:{password or url.password}", *options]
    if "tls" in way:
        command += ["--ssl-reqd", "--cacert", str(testbed.authority.ca_file)]
    if "active" in way:
        command += ["--ftp-port", "-"]
    return [*command, f"ftp://{url.hostname}:{url.port}/{path}"]


def curl(testbed: Testbed, way: str, path: str, *options: str, password: str | None = None) -> tuple[int, str]:
    """Ask for ``path``; return the exit code and all that was said."""
    command = curl_command(testbed, way, path, *options, password=password)
    done = subprocess.run(command, capture_output=True, text=True, timeout=150)
    return done.returncode, done.stdout + done.stderr


def test_lftp_lists_fetches_and_brings(testbed: Testbed, server: Sftp, tmp_path: Path, way: str) -> None:
    server.put("/in/leads.csv", "name,phone\n")
    (tmp_path / "results.csv").write_text("phone,result\n")
    commands = (
        "ls /in; get /in/leads.csv; cd /out; put results.csv; mkdir done; mv results.csv done/r.csv; cls -1; ls /"
    )
    code, said = lftp(testbed, tmp_path, way, commands)
    assert code == 0, said
    assert (tmp_path / "leads.csv").read_text() == "name,phone\n"
    assert server.tree() == ["/in/", "/in/leads.csv", "/out/", "/out/done/", "/out/done/r.csv"]
    operations = [one.operation for one in testbed.journal.exchanges(2) if one.request["op"] not in ("stat", "list")]
    assert operations == [
        "login cxcontact",
        "read /in/leads.csv",
        "write /out/results.csv",
        "mkdir /out/done",
        "rename /out/results.csv",
    ]
    assert {one.secure for one in testbed.journal.exchanges(2)} == {"tls" in way}
    assert all(one.ok for one in testbed.journal.exchanges(2, operation="write"))


def test_curl_fetches_brings_and_lists(testbed: Testbed, server: Sftp, tmp_path: Path, curl_way: str) -> None:
    server.put("/in/leads.csv", "name,phone\n")
    assert curl(testbed, curl_way, "in/leads.csv") == (0, "name,phone\n")
    (tmp_path / "results.csv").write_text("phone,result\n")
    assert curl(testbed, curl_way, "out/", "-T", str(tmp_path / "results.csv")) == (0, "")
    assert server.read("/out/results.csv") == b"phone,result\n"
    assert curl(testbed, curl_way, "out/", "--list-only") == (0, "results.csv\n")
    assert curl(testbed, curl_way, "in/leads.csv", "--range", "5-9") == (0, "phone")
    assert {one.secure for one in testbed.journal.exchanges(2)} == {"tls" in curl_way}
    (written,) = testbed.journal.exchanges(2, operation="write")
    assert written.response["sha256"] == hashlib.sha256(b"phone,result\n").hexdigest()


def test_an_empty_folder_is_listed(testbed: Testbed, server: Sftp, tmp_path: Path, curl_way: str) -> None:
    assert curl(testbed, curl_way, "out/", "--list-only") == (0, "")
    code, said = lftp(testbed, tmp_path, curl_way, "ls /out; cls /out")
    assert code == 0, said


def test_many_small_files_are_mirrored(testbed: Testbed, server: Sftp, tmp_path: Path, way: str) -> None:
    """Fewer where each connection has TLS, for which lftp takes some 20 ms."""
    count = 100 if "tls" in way else 300
    for number in range(count):
        server.put(f"/in/{number}", str(number))
    code, said = lftp(testbed, tmp_path, way, "mirror --parallel=4 /in here; mirror -R here /out/back")
    assert code == 0, said
    assert sum(int(path.read_text()) for path in (tmp_path / "here").iterdir()) == sum(range(count))
    assert len([path for path in server.tree() if path.startswith("/out/back/")]) == count + 1
    assert testbed.journal.failed[2] == len(
        [one for one in testbed.journal.exchanges(2) if not one.ok and one.request["op"] in ("stat", "mkdir")]
    )


def test_a_large_file_goes_there_and_back(testbed: Testbed, server: Sftp, tmp_path: Path, way: str) -> None:
    data = os.urandom(1024 * 1024) * 64
    (tmp_path / "big").write_bytes(data)
    code, said = lftp(testbed, tmp_path, way, "put big -o /out/big; get /out/big -o back")
    assert code == 0, said
    assert (tmp_path / "back").read_bytes() == data
    facts = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    transfers = [one for one in testbed.journal.exchanges(2) if one.request["op"] in ("read", "write")]
    assert [one.response for one in transfers] == [facts, facts]


@pytest.mark.parametrize("way", ["plain passive", "tls passive"])
def test_a_gigabyte_is_streamed(testbed: Testbed, server: Sftp, way: str) -> None:
    """It is a hole, so that it needs no gigabyte of disk."""
    server.put("/in/big", "")
    os.truncate(server.folder.path / "in" / "big", GIBIBYTE)
    peak = Peak()
    code, said = curl(testbed, way, "in/big", "-o", "/dev/null", "--max-time", "120")
    assert code == 0, said
    assert peak.growth() < 32 * MEBIBYTE
    (read,) = testbed.journal.exchanges(2, operation="read")
    assert read.response["size"] == GIBIBYTE


def test_transfers_are_taken_up_again(testbed: Testbed, server: Sftp, tmp_path: Path, way: str) -> None:
    data = os.urandom(3 * 2**20)
    server.put("/out/half", data[: 2**20])
    (tmp_path / "half").write_bytes(data)
    server.put("/in/rest", data)
    (tmp_path / "rest").write_bytes(data[: 2**20])
    code, said = lftp(testbed, tmp_path, way, "put -c half -o /out/half; get -c /in/rest -o rest")
    assert code == 0, said
    assert server.read("/out/half") == (tmp_path / "rest").read_bytes() == data
    facts = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    assert [one.response for one in testbed.journal.exchanges(2, operation="write")] == [facts]
    assert [one.response for one in testbed.journal.exchanges(2, operation="read")] == [
        {"size": 2 * 2**20, "of": len(data)}
    ]


def test_a_finished_file_takes_the_place_of_an_older_one(testbed: Testbed, server: Sftp, tmp_path: Path) -> None:
    server.put("/out/r.csv", "old")
    (tmp_path / "r.csv").write_text("new")
    code, said = lftp(testbed, tmp_path, "plain passive", "put r.csv -o /out/r.part; mv /out/r.part /out/r.csv")
    assert code == 0, said
    assert (server.tree(), server.read("/out/r.csv")) == (["/in/", "/out/", "/out/r.csv"], b"new")


def test_what_is_refused_is_said_so(testbed: Testbed, server: Sftp, tmp_path: Path, curl_way: str) -> None:
    server.put("/in/secret", "x")
    server.folder.denied.add("/in/secret")
    (server.folder.path / "evil").symlink_to("/etc")
    for path in ("in/missing", "in/secret", "evil/passwd", "%2e%2e/%2e%2e/etc/passwd"):
        code, said = curl(testbed, curl_way, path)
        assert code in (9, 19, 78), said
        assert "root:" not in said
    code, said = curl(testbed, curl_way, "in/", password="wrong")
    assert (code, "Access denied: 530" in said) == (67, True)
    code, said = lftp(testbed, tmp_path, curl_way, "ls", password="wrong")
    assert code != 0
    assert "530" in said
    assert {one.operation for one in testbed.journal.exchanges(2, operation="login refused")} == {
        "login refused cxcontact"
    }


def test_another_ca_is_not_trusted(testbed: Testbed) -> None:
    code, said = curl(testbed, "plain passive", "in/", "--ssl-reqd")
    assert code == 60, said


def test_a_client_that_is_killed_leaves_an_incomplete_file(
    testbed: Testbed, server: Sftp, tmp_path: Path, curl_way: str
) -> None:
    (tmp_path / "big").write_bytes(bytes(64 * 1024 * 1024))
    command = curl_command(testbed, curl_way, "out/", "-T", str(tmp_path / "big"), "--limit-rate", "1M")
    path = server.folder.path / "out" / "big"

    async def growing() -> bool:
        return await until(lambda: path.exists() and path.stat().st_size > 0, within=20)

    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as client:
        assert testbed.run(growing())
        client.kill()
    broken = testbed.journal.wait_for(2, operation="write /out/big")
    assert broken.response["error"] == "INCOMPLETE"
    assert not server.folder.settled("/out/big")
