"""The table of thirteen says what the document says."""

from __future__ import annotations

import dataclasses

import pytest

from cxmock.topology import CONNECTIONS, Component, connection, listening_ports


def test_there_are_thirteen_rows_numbered_in_order() -> None:
    assert [row.number for row in CONNECTIONS] == list(range(1, 14))


def test_the_documented_ports_are_the_documented_ones() -> None:
    """Held against the page, port by port; a change here is a change of the document."""
    documented = {
        1: (443,),
        2: (20, 21, 22),
        3: (443,),
        4: (3004, 3005, 3006, 3007, 3008),
        5: (6379,),
        6: (2049,),
        7: (5432,),
        8: (8888,),
        9: (5050,),
        10: (8888,),
        11: (443,),
        12: (443,),
        13: (5432,),
    }

    assert {row.number: row.ports for row in CONNECTIONS} == documented


@pytest.mark.parametrize("row", CONNECTIONS, ids=lambda row: str(row.number))
def test_every_row_listens_only_on_its_documented_ports(row: object) -> None:
    assert {place.port for place in row.listens} <= set(row.ports)  # type: ignore[attr-defined]


def test_rows_are_values() -> None:
    """Nobody changes the table while the program runs."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        connection(1).ports = (1,)  # type: ignore[misc]


def test_contract_files_have_names_of_their_own() -> None:
    assert len({row.contract for row in CONNECTIONS}) == 13


def test_where_the_document_errs_the_row_says_so() -> None:
    assert "slip" in connection(1).remark
    assert "opens the connection" in connection(3).remark
    assert "8888" in connection(8).remark


def test_every_component_but_the_client_listens_somewhere() -> None:
    silent = {component for component in Component if not listening_ports(component)}

    assert silent == {Component.CLIENT}


def test_addresses_do_not_collide() -> None:
    """Two components may share a port, never an address."""
    octets = [component.octet for component in Component]

    assert len(set(octets)) == len(octets)


def test_a_row_that_is_not_there_is_an_error() -> None:
    with pytest.raises(LookupError, match="rows 1 to 13"):
        connection(14)
