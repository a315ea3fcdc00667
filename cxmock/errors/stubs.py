"""What is said about stubs: components that are played from a contract alone."""

from __future__ import annotations

from collections.abc import Sequence

from cxmock.errors.base import CxmockError
from cxmock.topology import Component, connection


class NothingToPlay(CxmockError):
    """A contract has no promise that a component could answer.

    >>> print(NothingToPlay("contracts/11-contact-gws.json", Component.NEXUS, "http"))
    contracts/11-contact-gws.json has nothing that Nexus could answer over http.
      expected: At least one interaction of that kind, of a connection that leads to Nexus.
      fix:      Name the contract of such a connection, or another component (cxmock connections lists them).
    """

    def __init__(self, file: str, component: Component, transport: str) -> None:
        super().__init__(
            f"{file} has nothing that {component.label} could answer over {transport}.",
            expected=f"At least one interaction of that kind, of a connection that leads to {component.label}.",
            fix="Name the contract of such a connection, or another component (cxmock connections lists them).",
        )


class NoStub(CxmockError):
    """A component cannot be played from a contract.

    >>> print(NoStub(Component.POSTGRES))
    PostgreSQL cannot be played from a contract.
      expected: A component that answers HTTP, or Redis, OCS or Configuration Server.
      why:      What it speaks has no canned answers: clients negotiate, and expect what they did before to be there.
      fix:      Start it without a contract: what plays it then has a state of its own.
    """

    def __init__(self, component: Component) -> None:
        super().__init__(
            f"{component.label} cannot be played from a contract.",
            expected="A component that answers HTTP, or Redis, OCS or Configuration Server.",
            why="What it speaks has no canned answers: clients negotiate, and expect what they did before to be there.",
            fix="Start it without a contract: what plays it then has a state of its own.",
        )


class UrlOrContract(CxmockError):
    """It is not clear by what a component is to be played.

    >>> print(UrlOrContract(Component.NEXUS, both=False))
    Nexus is to be played by nobody.
      expected: Either the URL of your service, or a contract.
      fix:      testbed.play("nexus", "http://127.0.0.1:9000") or testbed.play("nexus", contract=12)
    """

    def __init__(self, component: Component, *, both: bool) -> None:
        row = next(number for number in range(1, 14) if component in _listening(number))
        super().__init__(
            f"{component.label} is to be played by {'a service and a contract at once' if both else 'nobody'}.",
            expected="Either the URL of your service, or a contract.",
            fix=f'testbed.play("{component}", "http://127.0.0.1:9000") or testbed.play("{component}", contract={row})',
        )


class SeveralProviders(CxmockError):
    """One port is asked for where a connection leads to several components.

    >>> print(SeveralProviders(8, [Component.COMPLIANCE_MANAGER, Component.DIAL_MANAGER]))
    Connection 8 leads to 2 components, and --port is one port.
      expected: An address for each: compliance-manager, dial-manager.
      fix:      Leave out --port: each is played at an address of its own.
    """

    def __init__(self, number: int, components: Sequence[Component]) -> None:
        super().__init__(
            f"Connection {number} leads to {len(components)} components, and --port is one port.",
            expected=f"An address for each: {', '.join(components)}.",
            fix="Leave out --port: each is played at an address of its own.",
        )


class PortUnusable(CxmockError):
    """A stub cannot listen at the port that was asked for.

    >>> print(PortUnusable(Component.NEXUS, 8080, "Address already in use", "nginx (pid 812)"))
    Nexus cannot be played at 127.0.0.1:8080: Address already in use, by nginx (pid 812).
      expected: A free port, from 1 to 65535, that this user may listen at.
      fix:      Name another port, or leave out --port: there is an address anyway.
    """

    def __init__(self, component: Component, port: int, reason: str, holder: str) -> None:
        super().__init__(
            f"{component.label} cannot be played at 127.0.0.1:{port}: {reason}{f', by {holder}' if holder else ''}.",
            expected="A free port, from 1 to 65535, that this user may listen at.",
            fix="Name another port, or leave out --port: there is an address anyway.",
        )


def _listening(number: int) -> list[Component]:
    return [place.component for place in connection(number).listens]
