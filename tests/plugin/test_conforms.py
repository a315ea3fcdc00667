"""The marker ``cx_conforms`` as users meet it: a test fails when their service does what nobody promised."""

from __future__ import annotations

from collections.abc import Callable

import pytest

pytest_plugins = ["pytester"]

Run = Callable[[str], pytest.RunResult]

SERVICE = '''
import base64
import ssl
import urllib.error
import urllib.request

import pytest


@pytest.fixture
def ask(cx_compliance, cx_testbed):
    """The service under test: it asks the compliance data provider for a token."""
    url = str(cx_testbed.endpoints["compliance-provider"][0].url)
    credentials = cx_testbed.env["CX_COMPLIANCE_CLIENT_ID"], cx_testbed.env["CX_COMPLIANCE_CLIENT_SECRET"]

    def asked(path="/oauth/token"):
        word = base64.b64encode(":".join(credentials).encode()).decode()
        headers = {"Authorization": f"Basic {word}", "Content-Type": "application/x-www-form-urlencoded"}
        context = ssl.create_default_context(cafile=cx_testbed.env["SSL_CERT_FILE"])
        request = urllib.request.Request(url + path, b"grant_type=client_credentials", headers)
        try:
            with urllib.request.urlopen(request, timeout=10, context=context) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    return asked
'''


@pytest.fixture
def run(pytester: pytest.Pytester) -> Run:
    """Run tests of the user's, in a process of its own: a testbed cannot be imported twice into one."""
    pytester.makeconftest(SERVICE)
    pytester.makeini("[pytest]\naddopts = --strict-markers -p no:cacheprovider\n")

    def ran(tests: str) -> pytest.RunResult:
        pytester.makepyfile(tests)
        return pytester.runpytest_subprocess("-v")

    return ran


def test_what_was_not_promised_fails_the_test_with_an_explanation(pytester: pytest.Pytester, run: Run) -> None:
    (pytester.path / "mine.json").write_text("{")

    ran = run(
        """
        import pytest

        @pytest.mark.cx_conforms(3)
        def test_promised(ask):
            assert ask()[0] == 200

        @pytest.mark.cx_conforms(3)
        def test_wrong_path(ask):
            ask("/oauth/tokens")

        @pytest.mark.cx_conforms(3)
        def test_silent(ask):
            pass

        @pytest.mark.cx_conforms(3)
        def test_fails_by_itself(ask):
            assert ask("/oauth/tokens")[0] == 200

        @pytest.mark.cx_conforms(3, contract="mine.json")
        def test_contract_of_mine(ask):
            ask()

        @pytest.mark.cx_conforms(14)
        def test_no_such_connection(ask):
            pass

        @pytest.mark.cx_conforms(3, strickt=True)
        def test_misspelt(ask):
            pass

        def test_unmarked(ask):
            ask("/oauth/tokens")

        @pytest.mark.cx_conforms(3)
        class TestMarkedAsAWhole:
            def test_inside(self, ask):
                ask("/oauth/tokens")
        """
    )

    ran.assert_outcomes(passed=2, failed=7)
    ran.stdout.fnmatch_lines(["*::test_promised PASSED*", "*::test_unmarked PASSED*"])
    ran.stdout.fnmatch_lines(
        [
            "*_ test_wrong_path _*",
            "list-builder does not conform on connection 3: 1 of 1 exchanges.",
            "*POST /oauth/tokens is not promised on connection 3*",
            "*_ test_silent _*",
            "The journal has no exchange of connection 3.",
            "*_ test_fails_by_itself _*",
            "*assert 404 == 200*",
            "*- Captured cxmock conformance call -*",
            "POST /oauth/tokens is not promised on connection 3*",
            "*_ test_contract_of_mine _*",
            "*mine.json*",
            "*_ test_no_such_connection _*",
            "*cx_conforms on test_no_such_connection cannot be used: there is no connection 14, only 1 to 13.",
            "*_ test_misspelt _*",
            "@pytest.mark.cx_conforms on test_misspelt cannot be used: it has no argument strickt.",
            "*_ TestMarkedAsAWhole.test_inside _*",
            "list-builder does not conform on connection 3: 1 of 1 exchanges.",
        ]
    )


def test_a_journal_tells_what_conforms(run: Run) -> None:
    ran = run(
        """
        from cxmock.contracts.conformance import Judged

        def test_my_service(ask, cx_journal):
            ask()
            begun = cx_journal.mark
            ask("/nowhere")

            found = cx_journal.conformance(3)

            assert found.exercised == {"a token is issued for client credentials": 1}
            assert [one.judged for one in found.judgements] == [Judged.PROMISED, Judged.UNPROMISED]
            assert len(cx_journal.conformance(3, since=begun).judgements) == 1
        """
    )

    ran.assert_outcomes(passed=1)


def test_strict_refuses_on_the_spot(run: Run) -> None:
    ran = run(
        """
        import pytest

        @pytest.mark.cx_conforms(3, strict=True)
        def test_strict(ask):
            status, text = ask("/oauth/tokens")
            assert status == 501
            assert "POST /oauth/tokens is not promised on connection 3" in text

        def test_next_is_not_strict(ask):
            assert ask("/oauth/tokens")[0] == 404
        """
    )

    ran.assert_outcomes(passed=1, failed=1)
    ran.stdout.fnmatch_lines(["*_ test_strict _*", "list-builder does not conform on connection 3: 1 of 1 exchanges."])
