"""Connection 9: GWS has OCS load, start, stop and unload campaigns, on behalf of CX Contact."""

from __future__ import annotations

import pytest

from cxmock.errors.contact import ContactRefused
from cxmock.journal import Journal
from cxmock.testbed import Testbed

from .conftest import Define

COMMANDS = {"RequestLoadCampaign", "StartDialing", "StopDialing", "UnloadCampaign", "ForceUnloadCampaign"}


def commands(journal: Journal) -> list[str]:
    """Return what OCS was told to do, in order."""
    return [one.operation for one in journal.exchanges(9) if one.operation in COMMANDS]


def test_a_campaign_is_loaded_started_stopped_and_unloaded(cx_journal: Journal, campaign: Define) -> None:
    """Each command is a message to OCS, each answer the campaign's new status."""
    spring = campaign()
    seen = [spring.status]
    for command in ("load", "start", "stop", "force-unload"):
        spring.do(command)
        seen.append(spring.status)

    assert seen == ["NotLoaded", "Active", "Running", "Active", "NotLoaded"]
    assert commands(cx_journal) == ["RequestLoadCampaign", "StartDialing", "StopDialing", "ForceUnloadCampaign"]
    assert {one.source for one in cx_journal.exchanges(9)} == {"gws"}


@pytest.mark.parametrize(
    ("before", "command"), [((), "start"), ((), "unload"), (("load",), "load"), (("load", "start"), "unload")]
)
def test_the_wrong_order_is_refused_before_ocs_is_told(
    cx_journal: Journal, campaign: Define, before: tuple[str, ...], command: str
) -> None:
    """What is not loaded cannot start, what runs cannot be unloaded; the answer says from where it can."""
    spring = campaign()
    spring.do(*before)
    told = commands(cx_journal)

    with pytest.raises(ContactRefused, match=rf"; it cannot {command}\. \(HTTP 409, code 409\)") as refused:
        spring.do(command)

    assert "It can when it is" in str(refused.value)
    assert commands(cx_journal) == told


def test_an_unknown_campaign_is_named(cx_journal: Journal, campaign: Define) -> None:
    """The answer tells which campaign groups there are; OCS is not asked."""
    spring = campaign()
    spring.path = "/campaign-groups/Sprung"

    with pytest.raises(ContactRefused, match='no campaign group "Sprung"') as refused:
        spring.do("load")

    assert "Spring@Outbound agents" in str(refused.value)
    assert commands(cx_journal) == []


def test_ocs_that_is_away_is_named(cx_testbed: Testbed, campaign: Define) -> None:
    """The person who starts a campaign learns which of all the systems is missing."""
    spring = campaign()
    cx_testbed.unplug(9)

    with pytest.raises(ContactRefused, match="OCS"):
        spring.do("load")
