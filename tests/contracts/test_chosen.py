"""What is chosen to be verified; and that choosing nothing is no success."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cxmock.contracts.authoring import Row
from cxmock.contracts.authoring.writing import canonical
from cxmock.contracts.chosen import choose
from cxmock.contracts.library import load
from cxmock.errors.contracts import ContractEmpty, ContractMalformed, ContractMissing
from cxmock.errors.verifying import NothingChosen, WhichConnection

from .conftest import library_row


def foreign(**changes: Any) -> str:
    """Return a Pact of somebody else's tool: it says nothing of connections."""
    document = library_row().document() | {"metadata": {"pactSpecification": {"version": "4.0"}}}
    return canonical(document | changes)


def test_all_thirteen_are_meant_when_none_is_named() -> None:
    chosen = choose()

    assert [one.number for one in chosen] == list(range(1, 14))
    assert all(len(one.places) == len(one.contract.interactions) for one in chosen)


def test_a_folders_files_are_about_the_rows_that_their_names_begin_with(tmp_path: Path) -> None:
    (tmp_path / "08-mine-compliance.json").write_text(foreign())
    (tmp_path / "11-mine-gws.json").write_text(foreign())
    (tmp_path / "11-yours-gws.json").write_text(foreign())

    assert [one.number for one in choose([], tmp_path)] == [8, 11, 11]
    assert [one.number for one in choose([8], tmp_path)] == [8]


def test_a_contract_that_says_its_connection_may_have_any_name(tmp_path: Path) -> None:
    (tmp_path / "library.json").write_text(canonical(library_row().document()))

    assert [one.number for one in choose([], tmp_path)] == [11]


def test_a_single_file_is_about_the_row_that_is_named(tmp_path: Path) -> None:
    (tmp_path / "theirs.json").write_text(foreign())

    assert [one.number for one in choose([8], tmp_path / "theirs.json")] == [8]


def test_promises_are_left_out_by_their_description_or_by_a_state_that_they_need() -> None:
    [chosen] = choose([8], None, "compliance-manager", ["rule {name} is", "ANOTHER TENANT"])

    assert chosen.places
    assert not [one for one in chosen.interactions if "another tenant" in one.description]
    assert not [state for one in chosen.interactions for state in one.provider_states if "rule {name}" in state.name]


def test_what_is_left_out_in_vain_is_an_error() -> None:
    with pytest.raises(NothingChosen, match='"rools" is to be left out, but is in no description or state'):
        choose([8], None, "", ["rools"])


def test_leaving_out_all_is_an_error() -> None:
    with pytest.raises(NothingChosen, match='Without "a record without a device" no promise is left'):
        choose([8], None, "a record without a device", ["a record without a device"])


def test_the_names_of_the_participants_tell_the_row(tmp_path: Path) -> None:
    (tmp_path / "theirs.json").write_text(foreign(consumer={"name": "ocs"}, provider={"name": "compliance-manager"}))

    assert [one.number for one in choose([], tmp_path / "theirs.json")] == [8]


def test_a_file_of_no_known_row_is_refused(tmp_path: Path) -> None:
    (tmp_path / "theirs.json").write_text(foreign(consumer={"name": "me"}, provider={"name": "you"}))

    with pytest.raises(WhichConnection) as raised:
        choose([], tmp_path / "theirs.json")

    assert "theirs.json does not say which connection it is about." in str(raised.value)
    assert "08-me-you.json" in str(raised.value)


@pytest.mark.parametrize("only", ["EXPIRED", "a token", load(11).interactions[3].key, "gws"])
def test_promises_are_chosen_by_words_key_or_provider(only: str) -> None:
    [chosen] = choose([11], None, only)

    assert chosen.places


def test_promises_are_chosen_by_transport() -> None:
    [chosen] = choose([2], None, "ftp")

    assert {one.transport for one in chosen.interactions} == {"ftp"}


def test_a_choice_that_fits_nothing_is_no_success() -> None:
    with pytest.raises(NothingChosen) as raised:
        choose([5], None, "a sesion is ended")

    assert 'Nothing to verify: "a sesion is ended" fits no promise of connection 5.' in str(raised.value)
    assert 'Did you mean "a session is ended"?' in str(raised.value)


def test_a_folder_without_contracts_is_no_success(tmp_path: Path) -> None:
    with pytest.raises(NothingChosen, match=r"has no contract \(\*\.json\)"):
        choose([], tmp_path)


def test_a_folder_without_the_row_that_is_wanted_is_no_success(tmp_path: Path) -> None:
    (tmp_path / "08-mine-compliance.json").write_text(foreign())

    with pytest.raises(NothingChosen, match="has no contract of connection 11"):
        choose([8, 11], tmp_path)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContractMissing, match=r"There is no contract .*nowhere"):
        choose([], tmp_path / "nowhere")


def test_an_empty_contract_is_no_success(tmp_path: Path) -> None:
    (tmp_path / "11-mine-gws.json").write_text(canonical(Row(11).document()))

    with pytest.raises(ContractEmpty, match=r"11-mine-gws\.json has no interactions"):
        choose([], tmp_path)


def test_a_file_that_is_cut_off_is_named_with_the_place(tmp_path: Path) -> None:
    (tmp_path / "11-mine-gws.json").write_text(json.dumps({"interactions": []})[:-5])

    with pytest.raises(ContractMalformed, match=r"11-mine-gws\.json cannot be read: the file ends in the middle"):
        choose([], tmp_path)
