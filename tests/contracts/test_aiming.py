"""Targets: where the user's own providers are, and what is said when a text means none."""

from __future__ import annotations

import pytest

from cxmock.contracts.aiming import SCHEMES, target_of, targets_of
from cxmock.contracts.targets import VARIABLES, without_login
from cxmock.errors.verifying import NotATarget
from cxmock.topology import CONNECTIONS


def test_a_rows_number_means_all_its_components() -> None:
    assert targets_of(["8=http://localhost:9000"])[8].urls == {
        "compliance-manager": "http://localhost:9000",
        "dial-manager": "http://localhost:9000",
    }


def test_a_component_may_be_meant_alone() -> None:
    assert targets_of(["4:list-builder=http://localhost:1"])[4].urls == {"list-builder": "http://localhost:1"}


def test_a_url_tells_its_transport() -> None:
    targets = targets_of(["2=sftp://cx:pw@localhost/", "2=ftp://cx:pw@localhost/"], host_key="ssh-ed25519 AAAA")

    assert set(targets[2].urls) == {"sftp", "ftp"}
    assert targets[2].host_key == "ssh-ed25519 AAAA"


def test_every_row_has_an_example_that_is_a_target() -> None:
    """What is said to be expected is really accepted."""
    for row in CONNECTIONS:
        with pytest.raises(NotATarget) as raised:
            targets_of([f"{row.number}=gopher://localhost"])
        example = raised.value.expected.partition("like ")[2]
        assert set(targets_of([example], host_key="ssh-ed25519 AAAA")[row.number].urls) <= set(VARIABLES[row.number])


def test_every_transport_has_its_schemes() -> None:
    assert {transport for row in CONNECTIONS for transport in row.transports} == set(SCHEMES)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("8", '"8" is no target: it has no URL.'),
        ("8=", "it has no URL"),
        ("nexus=http://localhost", '"nexus" is no number of a connection'),
        ("14=http://localhost", "there is no connection 14"),
        ("8:complience-manager=http://localhost", 'Did you mean "compliance-manager"?'),
        ("5:gws=redis://localhost", '"gws" is not on connection 5'),
        ("8=redis://localhost", "connection 8 is not spoken to by such a URL"),
        ("8=http://", "connection 8 is not spoken to by such a URL"),
        ("8=localhost:9000", "connection 8 is not spoken to by such a URL"),
        ("8=http://localhost:port", "its URL cannot be read"),
        ("2=sftp://localhost/", "CX_SFTP_HOST_KEY is not set"),
    ],
)
def test_what_means_no_target_is_refused_with_the_reason(text: str, said: str) -> None:
    with pytest.raises(NotATarget) as raised:
        targets_of([text])

    assert said in str(raised.value)


def test_one_place_cannot_be_in_two() -> None:
    with pytest.raises(NotATarget, match="dial-manager is somewhere else already"):
        targets_of(["8:dial-manager=http://localhost:1", "8=http://localhost:2"])


def test_no_password_is_repeated() -> None:
    with pytest.raises(NotATarget) as raised:
        target_of(8, "redis://default:hunter2@localhost")

    assert "hunter2" not in str(raised.value)
    assert without_login("redis://default:hunter2@localhost:1/0?password=hunter2#hunter2") == "redis://localhost:1/0"
