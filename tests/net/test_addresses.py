"""Every component has an address of its own, bound before it is announced."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from cxmock.errors.addresses import LowPortDenied, NoBlockLeft, NoLoopbackAddress, PortTaken
from cxmock.net import addresses as module
from cxmock.net.addresses import Addresses
from cxmock.net.holders import holder_of
from cxmock.topology import Component


@pytest.fixture
def addresses() -> Iterator[Addresses]:
    with closing(Addresses()) as addresses:
        yield addresses


def test_components_that_share_a_port_have_addresses_of_their_own(addresses: Addresses) -> None:
    addresses.bind([Component.COMPLIANCE_MANAGER, Component.CONFSERV])

    hosts = {addresses.host(Component.COMPLIANCE_MANAGER), addresses.host(Component.CONFSERV)}

    assert len(hosts) == 2
    assert addresses.actual(Component.CONFSERV, 8888) == addresses.actual(Component.COMPLIANCE_MANAGER, 8888) == 8888


def test_two_testbeds_have_blocks_of_their_own(addresses: Addresses) -> None:
    with closing(Addresses()) as other:
        assert other.block != addresses.block
        assert other.actual(Component.REDIS, 6379) == addresses.actual(Component.REDIS, 6379)


def test_a_handed_over_socket_once_closed_refuses_and_can_be_had_again(addresses: Addresses) -> None:
    sock = addresses.socket(Component.REDIS, 6379)
    sock.listen()
    where = sock.getsockname()
    sock.close()

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(where, 1)
    with closing(addresses.socket(Component.REDIS, 6379)) as again:
        assert again.getsockname() == where


def test_a_taken_port_names_its_holder(addresses: Addresses) -> None:
    foreign = socket.create_server((addresses.host(Component.POSTGRES), 5432))
    with closing(foreign), pytest.raises(PortTaken) as caught:
        addresses.bind([Component.POSTGRES])

    assert f"PostgreSQL cannot have {addresses.host(Component.POSTGRES)}:5432" in str(caught.value)
    assert f"(pid {os.getpid()})" in str(caught.value)


def test_a_wildcard_listener_is_named_as_one() -> None:
    """It blocks every loopback address, so that people look for it in vain on the one they were told."""
    with closing(socket.create_server(("0.0.0.0", 0))) as foreign:
        holder = holder_of("127.13.0.6", foreign.getsockname()[1])

    assert holder.endswith(f"(pid {os.getpid()}) on every address")
    assert "blocks all loopback addresses" in str(PortTaken(Component.REDIS, "127.13.0.6", 6379, holder))


def test_a_component_may_have_another_loopback_address() -> None:
    with closing(Addresses(hosts={Component.SHARE: "127.200.1.1"})) as addresses:
        sock = addresses.socket(Component.SHARE, 2049)
        with closing(sock):
            assert (addresses.host(Component.SHARE), sock.getsockname()) == ("127.200.1.1", ("127.200.1.1", 2049))
        assert addresses.host(Component.REDIS).startswith(f"127.{addresses.block}.")


@pytest.mark.parametrize("host", ["0.0.0.0", "10.0.0.1", "::1", "localhost", ""])
def test_no_component_listens_where_others_reach_it(host: str) -> None:
    with pytest.raises(NoLoopbackAddress, match=f'Network file share cannot listen at "{host}"'):
        Addresses(hosts={Component.SHARE: host})


def test_ephemeral_ports_share_one_address() -> None:
    with closing(Addresses(ports="ephemeral")) as addresses:
        addresses.bind([Component.GWS, Component.NEXUS])

        assert addresses.host(Component.GWS) == addresses.host(Component.NEXUS) == "127.0.0.1"
        assert addresses.actual(Component.GWS, 443) != addresses.actual(Component.NEXUS, 443)


class Denied(socket.socket):
    """A socket of a user without the right to bind ports under 1024."""

    def bind(self, address: object) -> None:
        if 0 < address[1] < 1024:  # type: ignore[index]
            raise PermissionError(13, "Permission denied")
        super().bind(address)  # type: ignore[arg-type]


@pytest.fixture
def without_rights(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_tcp_socket", lambda: Denied(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP))


@pytest.mark.usefixtures("without_rights")
def test_without_the_right_to_low_ports_auto_falls_back_and_says_so() -> None:
    with closing(Addresses(ports="auto")) as addresses:
        addresses.bind([Component.GWS, Component.REDIS])

        assert addresses.actual(Component.GWS, 443) > 1024
        assert addresses.actual(Component.REDIS, 6379) == 6379
        assert "may not bind ports under 1024" in addresses.notice


@pytest.mark.usefixtures("without_rights")
def test_without_the_right_to_low_ports_documented_fails_with_the_command() -> None:
    with (
        closing(Addresses(ports="documented")) as addresses,
        pytest.raises(LowPortDenied, match="its documented port 443") as caught,
    ):
        addresses.bind([Component.GWS])

    assert "sysctl net.ipv4.ip_unprivileged_port_start" in str(caught.value)


def test_when_every_block_is_taken_it_says_so(addresses: Addresses, monkeypatch: pytest.MonkeyPatch) -> None:
    assert addresses.block is not None
    monkeypatch.setattr(module, "BLOCKS", range(addresses.block, addresses.block + 1))

    with pytest.raises(NoBlockLeft, match="All 1 blocks"):
        Addresses()


def test_whoever_fails_to_start_holds_no_address(addresses: Addresses) -> None:
    """A part that was cancelled in the middle may not have closed what it was given."""
    forgotten = addresses.socket(Component.REDIS, 6379)
    again = addresses.socket(Component.REDIS, 6379)

    assert forgotten.fileno() == -1
    assert again.getsockname() == (addresses.host(Component.REDIS), 6379)
    addresses.close()
    assert again.fileno() == -1
