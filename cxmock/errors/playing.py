"""What is said about components that somebody else plays."""

from __future__ import annotations

from cxmock.errors.base import CxmockError, nearest
from cxmock.topology import Component


class NobodyPlays(CxmockError):
    """Nothing listens where a component is said to be played.

    >>> print(NobodyPlays(Component.NEXUS, "http://127.0.0.1:9"))
    Nexus is to be played by http://127.0.0.1:9, but nobody listens there.
      expected: Your service to accept connections at that address.
      why:      Fakes and reference would call it and fail later, far from the cause.
      fix:      Start your service first, or correct the URL (http://host:port or https://host:port).
    """

    def __init__(self, component: Component, url: str) -> None:
        super().__init__(
            f"{component.label} is to be played by {url}, but nobody listens there.",
            expected="Your service to accept connections at that address.",
            why="Fakes and reference would call it and fail later, far from the cause.",
            fix="Start your service first, or correct the URL (http://host:port or https://host:port).",
        )


class PlayerNotTrusted(CxmockError):
    """Who plays a component has a certificate that nobody would trust.

    >>> print(PlayerNotTrusted(Component.NEXUS, "https://127.0.0.1:9: TLS failed (CERTIFICATE_VERIFY_FAILED)."))
    Nexus cannot be played: https://127.0.0.1:9: TLS failed (CERTIFICATE_VERIFY_FAILED).
      expected: A certificate for the host in the URL, of an authority that the system or the testbed trusts.
      why:      Fakes and reference would call it and fail later, far from the cause.
      fix:      Have the testbed's authority sign it, name yours in SSL_CERT_FILE, or serve http:// here.
    """

    def __init__(self, component: Component, reason: str) -> None:
        super().__init__(
            f"{component.label} cannot be played: {reason}",
            expected="A certificate for the host in the URL, of an authority that the system or the testbed trusts.",
            why="Fakes and reference would call it and fail later, far from the cause.",
            fix="Have the testbed's authority sign it, name yours in SSL_CERT_FILE, or serve http:// here.",
        )


class NotStarted(CxmockError, LookupError):
    """A component was asked for that nothing plays yet.

    >>> print(NotStarted(Component.NEXUS, [Component.REDIS]))
    Nexus is not started.
      expected: One of the started components: redis.
      fix:      Start it: testbed.start(Component.NEXUS), or use the fixture cx_nexus.
    """

    def __init__(self, component: Component, started: list[Component]) -> None:
        super().__init__(
            f"{component.label} is not started.",
            expected=f"One of the started components: {', '.join(started) or 'none yet'}.",
            fix=f"Start it: testbed.start(Component.{component.name}), or use the fixture {_fixture(component)}.",
        )


def _fixture(component: Component) -> str:
    """Return the fixture that starts a component.

    >>> _fixture(Component.SFTP), _fixture(Component.COMPLIANCE_PROVIDER), _fixture(Component.LIST_BUILDER)
    ('cx_sftp', 'cx_compliance', 'cx_contact')
    """
    if component is Component.COMPLIANCE_PROVIDER:
        return "cx_compliance"
    own = ("SFTP", "SHARE", "REDIS", "POSTGRES", "OCS", "CONFSERV", "GWS", "NEXUS")
    return f"cx_{component.name.lower()}" if component.name in own else "cx_contact"


class UnknownComponent(CxmockError):
    """A component is named that is not on the diagram.

    >>> print(UnknownComponent("complience-manager=http://127.0.0.1:1"))
    "complience-manager=http://127.0.0.1:1" names no component.
      expected: COMPONENT=URL. Did you mean "compliance-manager"?
      fix:      Use a component's name as in the table: cxmock connections prints it.
    """

    def __init__(self, text: str, value: str = "URL") -> None:
        known = [str(one) for one in Component if one not in (Component.CLIENT, Component.CONTROL)]
        super().__init__(
            f'"{text}" names no component.',
            expected=f"COMPONENT={value}. {nearest(text.partition('=')[0], known)}",
            fix="Use a component's name as in the table: cxmock connections prints it.",
        )


class NoTestbed(CxmockError):
    """A running testbed was asked about, and none runs.

    >>> print(NoTestbed())
    No testbed of yours is running.
      expected: A "cxmock up" in another terminal.
      fix:      Start one: cxmock up
    """

    def __init__(self) -> None:
        super().__init__(
            "No testbed of yours is running.",
            expected='A "cxmock up" in another terminal.',
            fix="Start one: cxmock up",
        )
