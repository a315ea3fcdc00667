"""The marker ``cx_verifies`` as users meet it: one test for each promise of their provider."""

from __future__ import annotations

from pathlib import Path

import pytest

from cxmock.contracts.authoring.writing import canonical
from tests.contracts.conftest import library_row

pytest_plugins = ["pytester"]

SERVICE = '''
import json, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import pytest

TOKEN = "2f1c7bf6-1d0e-4d2a-9a53-0a6a1f6b7c11"

class Handler(BaseHTTPRequestHandler):
    """The user's service: it lends books."""

    shelves = 0
    total = staticmethod(lambda: Handler.shelves)

    def answer(self, status, body, **headers):
        data = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            return self.answer(401, {"status": {"code": 601, "message": "Who are you?"}})
        books = [{"id": number, "title": "Book"} for number in range(self.shelves)]
        self.answer(200, {"books": books, "total": self.total()})

    def do_POST(self):
        book = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["book"]
        self.answer(201, {"id": TOKEN, "book": book}, Location="/loans/1")

    def log_message(self, *words):
        pass

class Service:
    def __init__(self, port):
        self.url = f"http://127.0.0.1:{port}"

def there_are(count):
    Handler.shelves = count
    return {"token": TOKEN}

states = {"there are {count} books": there_are}

@pytest.fixture(scope="session")
def service():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield Service(server.server_address[1])
    server.shutdown()
    server.server_close()
    thread.join()

@pytest.fixture
def service_url(service):
    return service.url
'''


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """A project of the user's with a service and a contract; its tests are put beside them."""
    pytester.makeconftest(SERVICE)
    contract = pytester.path / "pacts" / "11-mine-library.json"
    contract.parent.mkdir()
    contract.write_text(canonical(library_row().document()))
    pytester.makeini("[pytest]\naddopts = --strict-markers -p no:cacheprovider --import-mode=importlib\n")
    return pytester


def run(project: pytest.Pytester, test: str, *words: str) -> pytest.RunResult:
    """Run a test file, in a process of its own: a testbed cannot be imported twice into one."""
    project.makepyfile(test)
    return project.runpytest_subprocess(*words)


def test_each_promise_is_a_test_named_after_it(project: pytest.Pytester) -> None:
    ran = run(
        project,
        """
        import pytest
        from conftest import states

        @pytest.mark.cx_verifies(contract="pacts/11-mine-library.json", url="service_url", states=states)
        def test_my_library(service):
            '''Its fixtures start it; there is nothing else to do.'''
        """,
        "-v",
    )

    ran.assert_outcomes(passed=3)
    ran.stdout.fnmatch_lines(
        [
            "*test_my_library[[]11::a book is lent[]] PASSED*",
            "*test_my_library[[]11::a stranger is refused[]] PASSED*",
            "*test_my_library[[]11::the books are listed[]] PASSED*",
        ]
    )


def test_a_broken_promise_fails_alone_with_its_explanation_as_text(project: pytest.Pytester) -> None:
    ran = run(
        project,
        """
        import pytest
        from conftest import Handler, states

        @pytest.mark.cx_verifies(contract="pacts/11-mine-library.json", url="service", states=states)
        def test_my_library(monkeypatch):
            monkeypatch.setattr(Handler, "total", staticmethod(lambda: "three"))
        """,
    )

    ran.assert_outcomes(passed=2, failed=1)
    ran.stdout.re_match_lines(
        [
            r"_* test_my_library\[11::the books are listed\] _*",
            r'GWS does not keep a promise of connection 11: "the books are listed"\.',
            r"  expected: What the contract says\. Instead:",
            r"            body \$\.total: Expected 'three' \(String\) to be an integer",
        ],
        consecutive=True,
    )
    ran.stdout.no_fnmatch_line("*pytest_cxmock*")


URLS = [
    '"service"',
    '"service_url"',
    "lambda service: service.url",
    '{"gws": "service_url"}',
    '{"gws": lambda service: service.url}',
]


def test_the_url_may_come_from_fixtures_and_callables(project: pytest.Pytester) -> None:
    marked = "import pytest\n" + "".join(
        f"""
@pytest.mark.cx_verifies(11, contract="pacts/11-mine-library.json", url={url}, only="stranger")
def test_my_library_{number}():
    pass
"""
        for number, url in enumerate(URLS)
    )

    run(project, marked).assert_outcomes(passed=len(URLS))


def test_states_may_come_from_a_fixture(project: pytest.Pytester) -> None:
    ran = run(
        project,
        """
        import pytest
        from conftest import there_are

        @pytest.fixture
        def arranged(service):
            return {"there are {count} books": there_are}

        @pytest.mark.cx_verifies(11, contract="pacts/11-mine-library.json", url="service", states="arranged")
        def test_my_library():
            pass
        """,
    )

    ran.assert_outcomes(passed=3)


def test_a_body_sees_the_promise_and_may_try_it_itself(project: pytest.Pytester) -> None:
    ran = run(
        project,
        """
        import pytest
        from conftest import states

        seen = []

        @pytest.mark.cx_verifies(11, contract="pacts/11-mine-library.json", url="service", states=states, only="listed")
        def test_my_library(cx_interaction):
            assert cx_interaction.description == "the books are listed"
            assert [str(state) for state in cx_interaction.states] == ["there are 3 books"]
            cx_interaction.verify()
            seen.append(cx_interaction.number)

        def test_it_was_tried_once():
            assert seen == [11]
        """,
    )

    ran.assert_outcomes(passed=2)


def test_a_service_that_is_not_there_fails_each_promise_and_nothing_hangs(project: pytest.Pytester) -> None:
    ran = run(
        project,
        """
        import pytest

        @pytest.mark.cx_verifies(11, contract="pacts/11-mine-library.json", url="http://127.0.0.1:1")
        def test_my_library():
            pass
        """,
    )

    ran.assert_outcomes(failed=3)
    ran.stdout.fnmatch_lines(["*http://127.0.0.1:1 cannot be reached: Connection refused."])
    ran.stdout.fnmatch_lines(
        ['*Nobody brings about the provider state "there are {count} books" at http://127.0.0.1:1.*']
    )


def test_without_a_url_the_testbeds_own_part_is_verified(project: pytest.Pytester) -> None:
    ran = run(
        project,
        """
        import pytest

        @pytest.mark.cx_verifies(12, only="unknown channel")
        @pytest.mark.cx_verifies(5, only="a session is ended")
        def test_the_testbed():
            pass

        def test_what_a_promise_needed_is_gone(cx_redis, cx_env):
            import redis
            with redis.Redis.from_url(cx_env["CX_REDIS_URL"]) as client:
                assert client.keys("*session*") == []
        """,
        "-v",
        "--cxmock-stores=fakeredis",
    )

    ran.stdout.fnmatch_lines(["*05::a session is ended* PASSED*"])
    assert ran.ret == 0


def test_a_component_that_is_played_is_verified_in_its_place(project: pytest.Pytester) -> None:
    ran = run(
        project,
        """
        import pytest
        from conftest import states

        @pytest.fixture
        def mine(cx_testbed, service):
            cx_testbed.play("gws", service.url)

        @pytest.mark.cx_verifies(11, contract="pacts/11-mine-library.json", states=states)
        def test_my_library(mine, cx_journal):
            pass

        @pytest.mark.cx_verifies(11, contract="pacts/11-mine-library.json", only="listed")
        def test_my_library_without_its_states(mine, cx_journal):
            pass
        """,
    )

    ran.assert_outcomes(passed=3, failed=1)
    ran.stdout.fnmatch_lines(
        ['*Nobody brings about the provider state "there are {count} books" at http://127.0.0.1:*']
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("14", "there is no connection 14, only 1 to 13"),
        ("", "there is no connection None, only 1 to 13"),
        ("True", "there is no connection True, only 1 to 13"),
        ("8, 9", "it takes one connection; use it again for another"),
        ('8, urls="x"', 'it has no argument urls. Did you mean "url"?'),
        ('8, only="nothing of the kind"', 'Nothing to verify: "nothing of the kind" fits no promise of connection 8.'),
        ('contract="nowhere.json"', "There is no contract *nowhere.json."),
    ],
)
def test_a_marker_that_means_nothing_stops_the_run(project: pytest.Pytester, arguments: str, said: str) -> None:
    """A test that was never made must not look like one that passed."""
    project.makepyfile(
        f"""
        import pytest

        @pytest.mark.cx_verifies({arguments})
        def test_mine():
            pass
        """
    )

    ran = project.runpytest_inprocess()

    ran.assert_outcomes(errors=1)
    ran.stdout.fnmatch_lines([f"*{said.replace('[', '[[]')}*", "*fix:*"])


NO_URLS = {
    "7": "it is neither text nor has it a url",
    "'http://'": "connection 11 is not spoken to by such a URL",
    "lambda: None": "it is neither text nor has it a url",
    "{'nexus': 'http://localhost'}": '"nexus" is not on connection 11',
}


def test_what_is_no_url_is_told(project: pytest.Pytester) -> None:
    marked = "import pytest\n" + "".join(
        f"""
@pytest.mark.cx_verifies(11, contract="pacts/11-mine-library.json", url={url}, only="stranger")
def test_my_library_{number}():
    pass
"""
        for number, url in enumerate(NO_URLS)
    )

    ran = run(project, marked)

    ran.assert_outcomes(failed=len(NO_URLS))
    ran.stdout.fnmatch_lines([f"*is no target: {reason}*" for reason in NO_URLS.values()])


def test_a_module_or_a_class_may_be_marked(project: pytest.Pytester) -> None:
    ran = run(
        project,
        """
        import pytest
        from conftest import there_are

        pytestmark = pytest.mark.cx_verifies(11, contract="pacts/11-mine-library.json", url="service", only="stranger")

        def helper():
            pass

        def test_my_library():
            helper()

        @pytest.mark.cx_verifies(11, contract="pacts/11-mine-library.json", url="service", only="lent")
        class TestMyLibrary:
            def test_it(self):
                pass
        """,
    )

    ran.assert_outcomes(passed=3)


def test_the_fixture_without_the_marker_says_what_it_is_for(project: pytest.Pytester) -> None:
    ran = run(project, "def test_mine(cx_interaction):\n    pass\n")

    ran.assert_outcomes(errors=1)
    ran.stdout.fnmatch_lines(["*cx_interaction is there in tests marked with @pytest.mark.cx_verifies(...) only.*"])


def test_a_run_without_the_marker_loads_nothing_of_it(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import sys

        def test_nothing():
            assert not any(name.partition(".")[0] == "cxmock" for name in sys.modules)
            assert "pytest_cxmock.verifying" not in sys.modules
        """
    )

    project.runpytest_subprocess().assert_outcomes(passed=1)


@pytest.mark.usefixtures("every_plugin")
def test_workers_of_xdist_share_the_promises(project: pytest.Pytester, tmp_path: Path) -> None:
    ran = run(
        project,
        """
        import pytest
        from conftest import states

        @pytest.mark.cx_verifies(11, contract="pacts/11-mine-library.json", url="service", states=states)
        def test_my_library():
            pass
        """,
        "-n2",
    )

    ran.assert_outcomes(passed=3)
