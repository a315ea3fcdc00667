"""The customer's SFTP server, used with curl (libssh2) and lftp (OpenSSH underneath)."""

from __future__ import annotations

import base64
import hashlib
import os
import shlex
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from cxmock.fakes.sftp import Sftp
from cxmock.net.ssh_key import make_host_key
from cxmock.testbed import Testbed

pytestmark = pytest.mark.foreign


def fingerprint(testbed: Testbed) -> str:
    """Return the fingerprint of the host key, as ``ssh-keygen -l`` tells it."""
    key = base64.b64decode(testbed.env["CX_SFTP_HOST_KEY"].split()[1])
    return base64.b64encode(hashlib.sha256(key).digest()).decode().rstrip("=")


def curl(testbed: Testbed, path: str, *options: str, pinned: str = "", login: str = "") -> tuple[int, str]:
    """Ask for ``path``; return the exit code and all that was said."""
    url = urlsplit(testbed.env["CX_SFTP_URL"])
    command = ["curl", "-sS", "--max-time", "30", "--hostpubsha256", pinned or fingerprint(testbed)]
    command += ["-u", login or f"{url.username}:{url.password}", *options, f"sftp://{url.hostname}:{url.port}/{path}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout + done.stderr


def lftp(testbed: Testbed, folder: Path, commands: str) -> tuple[int, str]:
    """Run ``commands``; return the exit code and all that was said."""
    url = urlsplit(testbed.env["CX_SFTP_URL"])
    known = folder / "known_hosts"
    host = url.hostname if url.port == 22 else f"[{url.hostname}]:{url.port}"
    known.write_text(f"{host} {testbed.env['CX_SFTP_HOST_KEY']}\n")
    ssh = f"ssh -a -x -F none -oUserKnownHostsFile={known} -oStrictHostKeyChecking=yes"
    script = f"set sftp:connect-program {shlex.quote(ssh)}; set net:max-retries 1; set net:timeout 10; "
    script += f"set cmd:fail-exit true; open -u {url.username},{url.password} sftp://{url.hostname}:{url.port}; "
    done = subprocess.run(["lftp", "-c", script + commands], capture_output=True, text=True, timeout=120, cwd=folder)
    return done.returncode, done.stdout + done.stderr


def test_curl_fetches_brings_and_lists(testbed: Testbed, server: Sftp, tmp_path: Path) -> None:
    server.put("/in/leads.csv", "name,phone\n")
    assert curl(testbed, "in/leads.csv") == (0, "name,phone\n")
    assert curl(testbed, "in/leads.csv", "--range", "5-9") == (0, "phone")
    (tmp_path / "results.csv").write_text("phone,result\n")
    assert curl(testbed, "out/", "-T", str(tmp_path / "results.csv")) == (0, "")
    assert server.read("/out/results.csv") == b"phone,result\n"
    assert curl(testbed, "out/", "--list-only")[1].split() == [".", "..", "results.csv"]
    quoted = ("-Q", "-rename /out/results.csv /out/done.csv", "-Q", "-mkdir /out/old", "-Q", "-rm /in/leads.csv")
    code, said = curl(testbed, "out/", "--list-only", *quoted)
    assert code == 0, said
    assert server.tree() == ["/in/", "/out/", "/out/done.csv", "/out/old/"]


def test_curl_takes_transfers_up_again(testbed: Testbed, server: Sftp, tmp_path: Path) -> None:
    server.put("/in/rest", "0123456789")
    (tmp_path / "rest").write_text("01234")
    assert curl(testbed, "in/rest", "-C", "-", "-o", str(tmp_path / "rest")) == (0, "")
    assert (tmp_path / "rest").read_text() == "0123456789"
    server.put("/out/half", "01234")
    (tmp_path / "half").write_text("0123456789")
    assert curl(testbed, "out/half", "-C", "5", "-T", str(tmp_path / "half")) == (0, "")
    assert server.read("/out/half") == b"0123456789"


def test_curl_comes_with_a_key(testbed: Testbed, server: Sftp, tmp_path: Path) -> None:
    key = make_host_key()
    server.accounts.keys["cxcontact"] = [key.public]
    server.put("/in/a", "a")
    for name, content in (("id", key.private), ("id.pub", key.public.encode())):
        (tmp_path / name).touch(mode=0o600)
        (tmp_path / name).write_bytes(content)
    options = ("--key", str(tmp_path / "id"), "--pubkey", str(tmp_path / "id.pub"))
    assert curl(testbed, "in/a", *options, login="cxcontact:") == (0, "a")
    (login,) = testbed.journal.exchanges(2, operation="login")
    assert login.response == {"user": "cxcontact", "method": "publickey"}


def test_curl_trusts_the_pinned_key_alone(testbed: Testbed) -> None:
    code, said = curl(testbed, "in/", pinned=base64.b64encode(bytes(32)).decode().rstrip("="))
    assert code == 60, said
    assert testbed.journal.exchanges(2) == []


def test_curl_is_refused_with_a_wrong_password_and_outside(testbed: Testbed, server: Sftp) -> None:
    code, said = curl(testbed, "in/", login="cxcontact:wrong")
    assert code == 67, said
    (server.folder.path / "evil").symlink_to("/etc")
    for path in ("evil/passwd", "%2e%2e/%2e%2e/etc/passwd", "in/missing"):
        code, said = curl(testbed, path)
        assert code in (9, 78, 79), said
        assert "root:" not in said


def test_lftp_mirrors_there_and_back(testbed: Testbed, server: Sftp, tmp_path: Path) -> None:
    for number in range(300):
        server.put(f"/in/{number}", str(number))
    code, said = lftp(testbed, tmp_path, "mirror --parallel=4 /in here; mirror -R here /out/back")
    assert code == 0, said
    assert sum(int(path.read_text()) for path in (tmp_path / "here").iterdir()) == sum(range(300))
    assert len([path for path in server.tree() if path.startswith("/out/back/")]) == 301


def test_lftp_takes_transfers_up_again_and_replaces_nothing_by_renaming(
    testbed: Testbed, server: Sftp, tmp_path: Path
) -> None:
    data = os.urandom(3 * 2**20)
    server.put("/out/half", data[: 2**20])
    (tmp_path / "half").write_bytes(data)
    server.put("/in/rest", data)
    (tmp_path / "rest").write_bytes(data[: 2**20])
    server.put("/out/old", "old")
    code, said = lftp(testbed, tmp_path, "put -c half -o /out/half; get -c /in/rest -o rest")
    assert code == 0, said
    assert (tmp_path / "rest").read_bytes() == data
    # It asks for the rename of SFTP version 3, which fails where something is; OpenSSH asks for its own.
    code, said = lftp(testbed, tmp_path, "mv /out/half /out/old")
    assert (code, "File exists" in said) == (1, True)
    code, said = lftp(testbed, tmp_path, "rm /out/old; mv /out/half /out/old")
    assert code == 0, said
    assert server.tree() == ["/in/", "/in/rest", "/out/", "/out/old"]
    assert server.read("/out/old") == data
