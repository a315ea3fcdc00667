"""The customer's SFTP server, used with OpenSSH's own ``sftp`` and ``scp``."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from cxmock.fakes.sftp import Sftp
from cxmock.net.ssh_key import make_host_key
from cxmock.testbed import Testbed
from tests.foreign.memory import GIBIBYTE, MEBIBYTE, Peak

pytestmark = pytest.mark.foreign


class OpenSsh:
    """Runs a program of OpenSSH's as the testbed's user, with a password and a pinned host key."""

    def __init__(self, testbed: Testbed, folder: Path) -> None:
        self.url = urlsplit(testbed.env["CX_SFTP_URL"])
        self.place = f"{self.url.username}@{self.url.hostname}"
        known = folder / "known_hosts"
        known.write_text(f"[{self.url.hostname}]:{self.url.port} {testbed.env['CX_SFTP_HOST_KEY']}\n")
        if self.url.port == 22:
            known.write_text(f"{self.url.hostname} {testbed.env['CX_SFTP_HOST_KEY']}\n")
        self.options = [f"-oUserKnownHostsFile={known}", "-oStrictHostKeyChecking=yes", "-F", "none", "-P"]
        self.options += [str(self.url.port), "-oNumberOfPasswordPrompts=1"]
        self.folder = folder

    def run(self, *command: str, batch: str | None = None, password: str | None = None) -> tuple[int, str]:
        """Run ``command`` with our options after its name; return its exit code and all that it said."""
        environment = os.environ | {"SSHPASS": password or self.url.password or ""}
        done = subprocess.run(
            ["sshpass", "-e", command[0], *self.options, *command[1:]],
            env=environment,
            input=batch or "",
            capture_output=True,
            text=True,
            timeout=180,
            cwd=self.folder,
        )
        return done.returncode, done.stdout + done.stderr

    def sftp(self, batch: str, *, password: str | None = None) -> tuple[int, str]:
        """Run lines of a batch; it ends at the first that fails."""
        return self.run("sftp", "-oBatchMode=no", "-b", "-", self.place, batch=batch, password=password)


@pytest.fixture
def ssh(testbed: Testbed, tmp_path: Path) -> OpenSsh:
    """OpenSSH's programs."""
    return OpenSsh(testbed, tmp_path)


def test_a_session_lists_fetches_and_brings(testbed: Testbed, server: Sftp, ssh: OpenSsh) -> None:
    server.put("/in/leads.csv", "name,phone\n")
    (ssh.folder / "results.csv").write_text("phone,result\n")
    batch = "ls -l /in\nget /in/leads.csv\ncd /out\nput -p results.csv\nmkdir done\nrename results.csv done/r.csv\nls\n"
    code, said = ssh.sftp(batch)
    assert code == 0, said
    assert "leads.csv" in said
    assert (ssh.folder / "leads.csv").read_text() == "name,phone\n"
    assert server.tree() == ["/in/", "/in/leads.csv", "/out/", "/out/done/", "/out/done/r.csv"]
    operations = [one.operation for one in testbed.journal.exchanges(2) if one.request["op"] != "stat"]
    assert operations == [
        "login cxcontact",
        "list /in",
        "read /in/leads.csv",
        "write /out/results.csv",
        "mkdir /out/done",
        "rename /out/results.csv",
        "list /out",
    ]


def test_a_large_file_goes_there_and_back(testbed: Testbed, server: Sftp, ssh: OpenSsh) -> None:
    data = os.urandom(1024 * 1024) * 64
    (ssh.folder / "big").write_bytes(data)
    code, said = ssh.sftp("put big /out/big\nget /out/big back\n")
    assert code == 0, said
    assert (ssh.folder / "back").read_bytes() == data
    facts = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    transfers = [one for one in testbed.journal.exchanges(2) if one.request["op"] in ("read", "write")]
    assert [one.response for one in transfers] == [facts, facts]


def test_a_gigabyte_is_streamed(testbed: Testbed, server: Sftp, ssh: OpenSsh) -> None:
    """It is a hole, so that it needs no gigabyte of disk."""
    server.put("/in/big", "")
    os.truncate(server.folder.path / "in" / "big", GIBIBYTE)
    peak = Peak()
    code, said = ssh.sftp("get /in/big /dev/null\n")
    assert code == 0, said
    assert peak.growth() < 32 * MEBIBYTE
    (read,) = testbed.journal.exchanges(2, operation="read")
    assert read.response["size"] == GIBIBYTE


def test_a_thousand_small_files_are_fetched(testbed: Testbed, server: Sftp, ssh: OpenSsh) -> None:
    for number in range(1000):
        server.put(f"/in/{number}", str(number))
    code, said = ssh.sftp("get -r /in\n")
    assert code == 0, said
    assert sum(int(path.read_text()) for path in (ssh.folder / "in").iterdir()) == sum(range(1000))
    assert len(testbed.journal.exchanges(2, operation="read")) == 1000


def test_transfers_are_taken_up_again(testbed: Testbed, server: Sftp, ssh: OpenSsh) -> None:
    server.put("/out/half", "01234")
    (ssh.folder / "half").write_text("0123456789")
    server.put("/in/rest", "0123456789")
    (ssh.folder / "rest").write_text("01234")
    code, said = ssh.sftp("reput half /out/half\nreget /in/rest rest\n")
    assert code == 0, said
    assert server.read("/out/half") == b"0123456789"
    assert (ssh.folder / "rest").read_text() == "0123456789"
    (written,) = testbed.journal.exchanges(2, operation="write")
    assert (written.response["size"], written.response["text"]) == (10, "0123456789")
    (read,) = testbed.journal.exchanges(2, operation="read")
    assert read.response == {"size": 5, "of": 10}


def test_a_finished_file_takes_the_place_of_an_older_one(server: Sftp, ssh: OpenSsh) -> None:
    """As exports are brought: under another name first."""
    server.put("/out/results.csv", "old")
    (ssh.folder / "results.csv").write_text("new")
    batch = "put results.csv /out/results.csv.part\nrename /out/results.csv.part /out/results.csv\n"
    code, said = ssh.sftp(batch)
    assert code == 0, said
    assert (server.tree(), server.read("/out/results.csv")) == (["/in/", "/out/", "/out/results.csv"], b"new")
    assert server.folder.settled("/out/results.csv")


def test_scp_copies_folders_with_their_modes_and_times(server: Sftp, ssh: OpenSsh) -> None:
    (ssh.folder / "lists" / "deep").mkdir(parents=True)
    (ssh.folder / "lists" / "deep" / "a").write_text("a")
    (ssh.folder / "lists" / "deep" / "a").chmod(0o640)
    os.utime(ssh.folder / "lists" / "deep" / "a", (1_600_000_000, 1_600_000_000))
    code, said = ssh.run("scp", "-rp", "lists", f"{ssh.place}:/out")
    assert code == 0, said
    code, said = ssh.run("scp", "-rp", f"{ssh.place}:/out/lists", "back")
    assert code == 0, said
    copied = (ssh.folder / "back" / "deep" / "a").stat()
    assert (copied.st_size, copied.st_mode & 0o777, copied.st_mtime) == (1, 0o640, 1_600_000_000)
    assert server.tree() == ["/in/", "/out/", "/out/lists/", "/out/lists/deep/", "/out/lists/deep/a"]


def test_scp_copies_and_ends_well(testbed: Testbed, server: Sftp, ssh: OpenSsh) -> None:
    """It takes a missing exit status for a failure, whatever it has copied."""
    (ssh.folder / "a").write_text("a")
    for source, target in (("a", f"{ssh.place}:/out/a"), (f"{ssh.place}:/out/a", "b")):
        code, said = ssh.run("scp", source, target)
        assert code == 0, said
    assert (ssh.folder / "b").read_text() == "a"
    assert [one.ok for one in testbed.journal.exchanges(2, operation="write /out/a")] == [True]


def test_a_missing_file_and_a_denied_one_are_said_so(server: Sftp, ssh: OpenSsh) -> None:
    server.put("/in/secret", "x")
    server.folder.denied.add("/in/secret")
    (ssh.folder / "x").write_text("x")
    for batch, expected in (
        ("get /in/missing\n", "not found"),
        ("ls /missing\n", "not found"),
        ("get /in/secret\n", "Permission denied"),
        ("put x /in/secret\n", "Permission denied"),
        ("mkdir /in\n", "Failure"),
        ("symlink /etc/passwd /in/link\n", "Operation unsupported"),
    ):
        code, said = ssh.sftp(batch)
        assert code == 1
        assert expected in said, said


def test_no_path_leads_outside(server: Sftp, ssh: OpenSsh, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("do not tell")
    before = secret.stat().st_mode
    (server.folder.path / "evil").symlink_to(secret)
    (server.folder.path / "away").symlink_to("/etc")
    for line in (
        "get /../../../../../../etc/passwd",
        "get ../../etc/passwd",
        "get /evil",
        "get /away/passwd",
        "chmod 777 /evil",
        "put known_hosts /evil",
        "put known_hosts /away/evil",
        "rename /evil /away/evil",
    ):
        code, said = ssh.sftp(line + "\n")
        assert code == 1, said
    assert (secret.read_text(), secret.stat().st_mode) == ("do not tell", before)


def test_a_wrong_password_is_refused(testbed: Testbed, ssh: OpenSsh) -> None:
    code, said = ssh.sftp("ls\n", password="wrong")
    assert code != 0
    assert "Permission denied" in said
    assert [one.operation for one in testbed.journal.exchanges(2)] == ["login refused cxcontact"]


def test_a_key_opens_the_server(testbed: Testbed, server: Sftp, ssh: OpenSsh) -> None:
    key = make_host_key()
    server.accounts.keys["cxcontact"] = [key.public]
    path = ssh.folder / "id"
    path.touch(mode=0o600)
    path.write_bytes(key.private)
    code, said = ssh.run(
        "sftp", "-i", str(path), "-oPreferredAuthentications=publickey", "-b", "-", ssh.place, batch="ls\n"
    )
    assert code == 0, said
    (login,) = testbed.journal.exchanges(2, operation="login")
    assert login.response["method"] == "publickey"


def test_a_server_with_another_key_is_not_talked_to(testbed: Testbed, ssh: OpenSsh) -> None:
    (ssh.folder / "known_hosts").write_text(f"{ssh.url.hostname} {make_host_key().public}\n")
    code, said = ssh.sftp("ls\n")
    assert code != 0
    assert "Host key verification failed" in said
    assert testbed.journal.exchanges(2) == []


def test_there_is_no_shell(ssh: OpenSsh) -> None:
    for command in ([], ["id"]):
        options = ["-p" if one == "-P" else one for one in ssh.options]
        done = subprocess.run(
            ["sshpass", "-e", "ssh", *options, ssh.place, *command],
            env=os.environ | {"SSHPASS": ssh.url.password or ""},
            capture_output=True,
            text=True,
            timeout=60,
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode != 0
        assert "uid=" not in done.stdout


def test_a_client_that_is_killed_leaves_an_incomplete_file(testbed: Testbed, server: Sftp, ssh: OpenSsh) -> None:
    os.mkfifo(ssh.folder / "endless")
    environment = os.environ | {"SSHPASS": ssh.url.password or ""}
    command = ["sshpass", "-e", "sftp", *ssh.options, "-l", "8000", "-oBatchMode=no", "-b", "-", ssh.place]
    (ssh.folder / "big").write_bytes(bytes(64 * 1024 * 1024))
    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, cwd=ssh.folder) as client:
        assert client.stdin is not None
        client.stdin.write(b"put big /out/big\n")
        client.stdin.close()
        mark = testbed.run(_growing(server))
        client.kill()
    broken = testbed.journal.wait_for(2, operation="write /out/big")
    assert broken.response["error"] == "INCOMPLETE"
    assert mark
    assert not server.folder.settled("/out/big")


async def _growing(server: Sftp) -> bool:
    """Wait until something of the file is there."""
    from cxmock.net.waiting import until

    path = server.folder.path / "out" / "big"
    return await until(lambda: path.exists() and path.stat().st_size > 0, within=20)
