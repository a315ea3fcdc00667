"""What the plugin tells pytest: its options, the tests that a marker means, the exchanges behind a failure."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from pytest_cxmock import conforms, inprocess
from pytest_cxmock.session import COMPONENTS, EVERYTHING, KEY, Session, chosen_stores
from pytest_cxmock.verifies import HELP, give_promises, parametrize, try_now

CHOICES = {
    "stores": (
        ("embedded", "container", "external", "fakeredis"),
        "how PostgreSQL and Redis are run, or for each, postgres=external,redis=embedded",
    ),
    "ports": (("auto", "documented", "ephemeral"), "documented ports on loopback addresses of their own, or free ones"),
    "tls": (("server", "mutual"), "who shows a certificate where TLS is spoken"),
    "redis": (("standalone", "cluster"), "whether Redis is a server by itself, or a cluster of one node"),
}
"""Option -> its values, the default first, and what it is."""
CLOSED = tuple(name for name in CHOICES if name != "stores")
"""Those that have these values and no others."""
ISOLATED = "run in a network of its own (Linux): documented ports without rights, and nothing else to be reached"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--cxmock-stores`` and ``--cxmock-ports``, and the same as settings in the configuration file."""
    group = parser.getgroup("cxmock", "the mock back ends of CX Contact")
    for name, (values, meaning) in CHOICES.items():
        group.addoption(
            f"--cxmock-{name}",
            dest=f"cxmock_{name}",
            choices=values if name in CLOSED else None,
            help=f"{meaning} ({values[0]})",
        )
        parser.addini(f"cxmock_{name}", f"{meaning}: {', '.join(values)}", default=values[0])
    group.addoption("--cxmock-isolated", action="store_true", help=ISOLATED)
    parser.addini("cxmock_isolated", ISOLATED, type="bool", default=False)


def pytest_configure(config: pytest.Config) -> None:
    """Check the settings and make room for the testbed; nothing is started."""
    for name in CLOSED:
        values, _ = CHOICES[name]
        if (value := config.getini(f"cxmock_{name}")) not in values:
            raise pytest.UsageError(
                f"The setting cxmock_{name} is {value!r}.\n"
                f"  expected: one of {', '.join(values)}\n"
                f"  fix:      correct it in the configuration file, or remove it to have {values[0]}"
            )
    if (stores := chosen_stores(config)) != CHOICES["stores"][0][0]:
        _check_stores(stores)
    if config.getoption("--cxmock-isolated") or config.getini("cxmock_isolated"):
        _isolate(config)
    config.addinivalue_line("markers", HELP)
    config.addinivalue_line("markers", conforms.HELP)
    config.addinivalue_line("markers", inprocess.HELP)
    session = Session(config)
    config.stash[KEY] = session
    config.add_cleanup(session.close)


def _check_stores(text: str) -> None:
    from cxmock.errors import CxmockError
    from cxmock.stores.choosing import Stores

    try:
        Stores.read(text)
    except CxmockError as error:
        raise pytest.UsageError(str(error)) from error


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem(collector: pytest.Collector, name: str, obj: object) -> None:
    """Let a test that is marked with ``cx_verifies`` have the promises."""
    give_promises(collector, name, obj)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make a test of each promise that a marker ``cx_verifies`` means."""
    parametrize(metafunc)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Have a test that is marked with ``cx_conforms`` use the journal, whether its arguments name it or not."""
    names: list[str] = getattr(item, "fixturenames", [])
    if item.get_closest_marker(conforms.MARKER) is not None and "cx_journal" not in names:
        names.append("cx_journal")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Mount the fakes for a test that is marked with ``cx_inprocess``, before its fixtures ask for them."""
    if inprocess.marked(item):
        item.config.stash[KEY].inside.enter()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Judge what a test marked with ``cx_conforms`` did on its connections."""
    asked = conforms.held(item)
    if not asked:
        return (yield)
    testbed = item.config.stash[KEY].testbed
    conforms.be_strict(asked, testbed)
    try:
        yield
    except (Exception, pytest.fail.Exception):
        conforms.tell(item, asked, testbed)
        raise
    return conforms.judge(asked, testbed)


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Try the promise of a marked test when its body is done."""
    result = yield
    try_now(pyfuncitem)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show in a failure's report the exchanges on the connections which the test used, and whatever has died."""
    report = yield
    session = item.config.stash[KEY]
    if report.failed and (text := session.exchanges(_ours(item))):
        report.sections.append(("cxmock exchanges", text))
    if report.failed and _ours(item) and (text := session.deaths()):
        report.sections.append(("cxmock deaths", text))
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, None, None]:
    """Reset the testbed after a test that used it."""
    yield
    session = item.config.stash[KEY]
    session.inside.leave()
    testbed = session.running
    if testbed is not None and _ours(item):
        testbed.reset()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say once when the ports were not the documented ones."""
    testbed = config.stash[KEY].running
    if testbed is not None and testbed.notice:
        terminalreporter.write_line(f"cxmock: {testbed.notice}", yellow=True)


def _isolate(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        return  # a worker of pytest-xdist is there already: it was started by who isolated himself
    from cxmock.errors import CxmockError
    from cxmock.net.isolation import isolate

    try:
        isolate()
    except CxmockError as error:
        raise pytest.UsageError(str(error)) from None


def _ours(item: pytest.Item) -> list[str]:
    names: list[str] = getattr(item, "fixturenames", [])
    return [name for name in names if name in COMPONENTS or name in EVERYTHING]
