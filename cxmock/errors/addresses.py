"""What is said when an address or a port cannot be had."""

from __future__ import annotations

from cxmock.errors.base import CxmockError
from cxmock.topology import Component


class PortTaken(CxmockError):
    """Somebody listens on a documented port.

    >>> print(PortTaken(Component.POSTGRES, "127.13.0.6", 5432, "postgres (pid 812) on every address"))
    PostgreSQL cannot have 127.13.0.6:5432: it is taken by postgres (pid 812) on every address.
      expected: A free port.
      why:      A listener on every address (0.0.0.0) blocks all loopback addresses too.
      fix:      Stop that process, bind it to 127.0.0.1 only, or use --ports ephemeral.
    """

    def __init__(self, component: Component, host: str, port: int, holder: str) -> None:
        everywhere = "every address" in holder
        super().__init__(
            f"{component.label} cannot have {host}:{port}: it is taken by {holder or 'another process'}.",
            expected="A free port.",
            why="A listener on every address (0.0.0.0) blocks all loopback addresses too." if everywhere else "",
            fix="Stop that process, bind it to 127.0.0.1 only, or use --ports ephemeral."
            if everywhere
            else "Stop that process or use --ports ephemeral.",
        )


class LowPortDenied(CxmockError):
    """The system denies this user a port under 1024.

    >>> print(LowPortDenied(Component.GWS, 443))
    GWS cannot have its documented port 443: this user may not bind ports under 1024.
      expected: The right to bind it, since --ports documented asks for documented ports.
      fix:      sudo sysctl net.ipv4.ip_unprivileged_port_start=20
                or have a network of its own (cxmock run --isolated, pytest --cxmock-isolated), or use --ports auto.
    """

    def __init__(self, component: Component, port: int) -> None:
        super().__init__(
            f"{component.label} cannot have its documented port {port}: this user may not bind ports under 1024.",
            expected="The right to bind it, since --ports documented asks for documented ports.",
            fix="sudo sysctl net.ipv4.ip_unprivileged_port_start=20\n"
            "or have a network of its own (cxmock run --isolated, pytest --cxmock-isolated), or use --ports auto.",
        )


class NoBlockLeft(CxmockError):
    """Every block of loopback addresses is in use.

    >>> print(NoBlockLeft(237).what)
    All 237 blocks of loopback addresses are in use by other testbeds.
    """

    def __init__(self, blocks: int) -> None:
        super().__init__(
            f"All {blocks} blocks of loopback addresses are in use by other testbeds.",
            expected="At least one block 127.<13 to 249>.<worker>.* whose control port is free.",
            fix="Stop testbeds that are no longer needed, or use --ports ephemeral.",
        )


class NoIsolation(CxmockError):
    """A network of its own was asked for, and cannot be had.

    >>> print(NoIsolation("Operation not permitted"))
    There can be no network of its own here: Operation not permitted.
      expected: Linux with user namespaces for ordinary users, or root; and no threads yet.
      why:      Many containers forbid it, and so do some systems.
      fix:      Leave it out: without it, ports that the system denies are ephemeral (--ports auto). Or allow it:
                sudo sysctl kernel.unprivileged_userns_clone=1
    """

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"There can be no network of its own here: {reason.rstrip('.')}.",
            expected="Linux with user namespaces for ordinary users, or root; and no threads yet.",
            why="Many containers forbid it, and so do some systems.",
            fix="Leave it out: without it, ports that the system denies are ephemeral (--ports auto). Or allow it:\n"
            "sudo sysctl kernel.unprivileged_userns_clone=1",
        )


class NoLoopbackAddress(CxmockError):
    """A component is to listen where others than this machine could reach it.

    >>> print(NoLoopbackAddress(Component.SHARE, "0.0.0.0"))
    Network file share cannot listen at "0.0.0.0".
      expected: A loopback address, such as 127.0.0.1.
      why:      Whoever reaches a testbed can read and write all that is in it.
      fix:      Choose an address from 127.0.0.1 to 127.255.255.254. Machines emulated here reach 127.0.0.1.
    """

    def __init__(self, component: Component, host: str) -> None:
        super().__init__(
            f'{component.label} cannot listen at "{host}".',
            expected="A loopback address, such as 127.0.0.1.",
            why="Whoever reaches a testbed can read and write all that is in it.",
            fix="Choose an address from 127.0.0.1 to 127.255.255.254. Machines emulated here reach 127.0.0.1.",
        )
