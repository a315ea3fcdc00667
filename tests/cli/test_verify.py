"""``cxmock verify`` with a provider of the user's own: kept, broken, and everything that can be wrong with a target."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cxmock.cli import main
from cxmock.contracts.authoring.writing import canonical
from cxmock.contracts.library import load
from cxmock.net.background import Background
from cxmock.net.tls import Authority
from cxmock.wire.http import Request, Response
from tests.contracts.conftest import Library, Place, library_row

STATES = '''
import json, urllib.request

def there_are(count):
    """Plain and blocking, as most people write it."""
    asked = urllib.request.Request({url!r} + "/shelves", json.dumps(count).encode())
    with urllib.request.urlopen(asked, timeout=5) as answer:
        return json.load(answer)

functions = {{"there are {{count}} books": there_are}}
'''


class Service(Library):
    """The user's service: a library that also lets its tests fill the shelves."""

    async def answer(self, request: Request) -> Response:
        if request.path == "/shelves":
            return Response.of(self.there_are(int(request.json())))
        if request.path == "/states":
            change = request.json()
            if change["state"] != "there are {count} books":
                return Response.plain("unheard of", 404)
            return Response.of(self.there_are(**change["params"]))
        return await super().answer(request)


@pytest.fixture
def place(background: Background) -> Iterator[Place]:
    place = Place(background)
    yield place
    place.close()


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def url(service: Service, place: Place) -> str:
    return place.serve(lambda request: service.answer(request))


@pytest.fixture
def pact(tmp_path: Path) -> Path:
    """A Pact of the user's, in a folder of its own."""
    (tmp_path / "pacts").mkdir()
    file = tmp_path / "pacts" / "11-mine-library.json"
    file.write_text(canonical(library_row().document()))
    return file


Verify = Callable[..., tuple[int, str, str]]


@pytest.fixture
def verify(pact: Path, url: str, capsys: pytest.CaptureFixture[str]) -> Verify:
    """Verifies the service; returns the exit code and what was printed."""

    def run(*words: str, target: str = url) -> tuple[int, str, str]:
        code = main(["verify", "11", "--contracts", str(pact), "--target", f"11={target}", *words])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


def test_a_service_that_keeps_its_promises_is_told_so(verify: Verify, url: str) -> None:
    code, out, _ = verify("--states", f"{url}/states")

    assert code == 0
    assert "3/3" in out
    assert "All 3 promises of 1 connection are kept." in out


def test_a_broken_promise_ends_with_1_and_says_where_what_was_wrong(verify: Verify, url: str, service: Service) -> None:
    service.change = lambda request, response: (
        Response.of({"books": [], "total": "none"}) if request.path == "/books" and response.status == 200 else response
    )

    code, out, _ = verify("--states", f"{url}/states")

    assert code == 1
    assert "✘ 11 the books are listed" in out
    assert f"asked: GWS at {url}" in out
    assert "body $.total: Expected 'none' (String) to be an integer" in out
    assert "1 of 3 promises of 1 connection not kept." in out


def test_functions_bring_about_states(
    verify: Verify, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "library_states.py").write_text(STATES.format(url=url))
    monkeypatch.chdir(tmp_path)

    assert verify("--states", "library_states:functions")[0] == 0


def test_a_state_that_nobody_brings_about_leaves_its_promise_alone_untried(verify: Verify, url: str) -> None:
    """The other promises need no state, and are kept; nothing is broken, but not everything was tried."""
    code, out, err = verify()

    assert code == 2
    assert "1 of 3 promises could not be tried." in err
    assert f'Nobody brings about the provider state "there are {{count}} books" at {url}.' in " ".join(out.split())
    assert "2/3" in out


OLD = {
    "consumer": {"name": "mine"},
    "provider": {"name": "library"},
    "interactions": [
        {
            "description": "a stranger is refused",
            "request": {"method": "get", "path": "/books"},
            "response": {
                "status": 401,
                "body": {"status": {"code": 601, "message": "No."}},
                "matchingRules": {"$.body.status.message": {"match": "type"}},
            },
        },
        {
            "description": "a book is lent",
            "request": {
                "method": "post",
                "path": "/loans",
                "headers": {"Content-Type": "application/json"},
                "body": {"book": 7},
            },
            "response": {"status": 201, "headers": {"Location": "/loans/1"}},
        },
    ],
    "metadata": {"pactSpecification": {"version": "2.0.0"}},
}
"""As another tool wrote it long ago: no connection, no evidence; one promise is not kept word for word."""


def test_a_pact_of_another_tool_is_verified_as_it_is(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "theirs.json").write_text(json.dumps(OLD))

    code = main(["verify", "11", "--contracts", str(tmp_path / "theirs.json"), "--target", f"11={url}"])

    out = capsys.readouterr().out
    assert code == 1
    assert "1/2" in out
    assert "✘ 11 a book is lent" in out
    assert "header Location" in out


def test_promises_may_be_chosen(verify: Verify) -> None:
    code, out, _ = verify("--only", "stranger")

    assert code == 0
    assert "1/1 (of 3)" in out


def test_a_row_with_a_target_is_meant_when_none_is_named(
    pact: Path, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", "--contracts", str(pact.parent), "--target", f"11={url}", "--states", f"{url}/states"]) == 0

    assert "3/3" in capsys.readouterr().out


@pytest.mark.parametrize(("suffix", "begin"), [("html", "<!doctype html>"), ("xml", "<?xml"), ("json", "{")])
def test_a_report_is_written_in_the_format_of_its_suffix(
    verify: Verify, url: str, tmp_path: Path, suffix: str, begin: str
) -> None:
    file = tmp_path / f"report.{suffix}"

    code, out, err = verify("--states", f"{url}/states", "--output", str(file))

    assert (code, out) == (0, "")
    assert file.read_text().startswith(begin)
    assert f"All 3 promises of 1 connection are kept. Written to {file}." in err


def test_a_report_for_programs_is_all_that_is_printed(verify: Verify) -> None:
    code, out, _ = verify("--format", "json")

    assert code == 2
    assert json.loads(out)["kept"] == 2


def test_what_a_target_keeps_is_saved_as_a_real_systems(verify: Verify, url: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.json"

    verify("--save", str(file), "--release", "Library 1.2")

    facts = json.loads(file.read_text())
    assert (facts["where"], facts["release"]) == (url.removeprefix("http://"), "Library 1.2")
    assert {(one["by"], one["kept"]) for one in facts["promises"]} == {("real", True), ("real", False)}
    assert len(facts["promises"]) == 3


def test_a_report_that_cannot_be_written_ends_with_2_before_anything_is_verified(
    verify: Verify, tmp_path: Path, service: Service
) -> None:
    asked: list[Request] = []
    service.change = lambda request, response: asked.append(request) or response  # type: ignore[func-returns-value]

    code, _, err = verify("--output", str(tmp_path / "nowhere" / "report.xml"))

    assert (code, asked) == (2, [])
    assert "report.xml cannot be written: No such file or directory." in err


def test_what_was_written_before_stays_when_nothing_could_be_verified(verify: Verify, tmp_path: Path) -> None:
    file = tmp_path / "report.xml"
    file.write_text("yesterday's")

    assert verify("--output", str(file), target="http://127.0.0.1:1")[0] == 2
    assert file.read_text() == "yesterday's"


def test_a_target_that_refuses_ends_with_2(verify: Verify) -> None:
    code, _, err = verify(target="http://127.0.0.1:1")

    assert code == 2
    assert "Connection 11: http://127.0.0.1:1 cannot be reached: Connection refused." in err
    assert "None of the 3 promises could be tried." in err


def test_a_certificate_that_is_not_trusted_ends_with_2(
    verify: Verify, place: Place, service: Service, tmp_path: Path
) -> None:
    code, _, err = verify(target=place.serve(service.answer, Authority(tmp_path)))

    assert code == 2
    assert "TLS failed (CERTIFICATE_VERIFY_FAILED)" in err
    assert "--ca FILE" in err


def test_a_certificate_is_trusted_when_its_ca_is_named(
    verify: Verify, place: Place, service: Service, tmp_path: Path
) -> None:
    authority = Authority(tmp_path)
    secure = place.serve(service.answer, authority)

    code, _, _ = verify("--ca", str(authority.ca_file), "--states", f"{secure}/states", target=secure)

    assert code == 0


@pytest.mark.parametrize("text", [None, "no certificate"])
def test_what_is_no_ca_file_ends_with_2(verify: Verify, tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "ca.pem"
    if text is not None:
        file.write_text(text)

    code, _, err = verify("--ca", str(file))

    assert code == 2
    assert "ca.pem cannot be trusted" in err


def test_states_that_cannot_be_asked_for_end_with_2(verify: Verify) -> None:
    code, _, err = verify("--states", "http://127.0.0.1:1/states")

    assert code == 2
    assert '"http://127.0.0.1:1/states" gives no provider states' in err


def test_a_target_that_hangs_ends_with_2_and_is_not_asked_for_ever(verify: Verify, place: Place) -> None:
    code, out, err = verify("--within", "0.2", "--only", "a", target=place.raw(asyncio.Protocol))

    assert code == 2
    assert "gave no whole answer within 0.2 s." in out
    assert "promises could not be tried." in err


class Writes(asyncio.Protocol):
    """Answers always the same, and closes."""

    said = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.transport.write(self.said)
        self.transport.close()


class Garbage(Writes):
    """Is no HTTP server."""

    said = b"\x00\xff\xfe garbage\r\n\r\n"


class HalfAnAnswer(Writes):
    """Closes in the middle of an answer."""

    said = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"


@pytest.mark.parametrize("protocol", [Garbage, HalfAnAnswer])
def test_garbage_and_half_answers_end_with_2(verify: Verify, place: Place, protocol: type[Writes]) -> None:
    code, out, err = verify("--only", "stranger", target=place.raw(protocol))

    assert code == 2
    assert err.startswith("cxmock: The promise could not be tried.")
    assert "✘ 11 a stranger is refused" in out
    assert "closed the connection, or what it answered is not HTTP" in " ".join(out.split())


def test_a_promise_that_is_broken_counts_more_than_one_that_could_not_be_tried(
    verify: Verify, service: Service
) -> None:
    service.change = lambda request, response: Response(500) if request.path == "/loans" else response

    code, out, err = verify()

    assert (code, err) == (1, "")
    assert "1/3" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--only", "nothing of the kind"], "fits no promise"),
        (["--target", "8=http://127.0.0.1:1"], "Connection 8 has a target, and is not among those to be verified: 11."),
        (["--target", "8"], '"8" is no target: it has no URL.'),
        (["--contracts", "nowhere"], "There is no contract nowhere."),
        (["--states", "no_such_module", "--only", "stranger"], "there is no module no_such_module here"),
    ],
)
def test_what_cannot_be_meant_ends_with_2(verify: Verify, words: list[str], said: str) -> None:
    code, _, err = verify(*words)

    assert code == 2
    assert said in err
    assert "fix:" in err


@pytest.mark.parametrize("seconds", ["0", "-1", "soon", "inf"])
def test_a_time_limit_is_a_number_of_seconds(verify: Verify, seconds: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        verify("--within", seconds)

    assert "is no number of seconds" in capsys.readouterr().err


def test_only_the_parts_that_are_needed_are_started(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from cxmock.testbed import Testbed

    started: list[tuple[str, ...]] = []
    stop = Testbed.stop

    def stopping(testbed: Testbed) -> None:
        started.append(tuple(map(str, testbed.started)))
        stop(testbed)

    monkeypatch.setattr(Testbed, "stop", stopping)

    assert main(["verify", "5", "--stores", "fakeredis"]) == 0
    assert f"{len(load(5).interactions)} promises" in capsys.readouterr().out
    assert started == [("redis",)]
