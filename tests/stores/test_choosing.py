"""The choice of stores: one line of text, wherever it stands."""

from __future__ import annotations

import pytest

from cxmock.errors.external import ExternalUrlMissing, UnknownStores
from cxmock.stores.choosing import Stores

POSTGRES, REDIS = "postgresql://me:p,a=1@db.example/tests", "redis://:secret@cache.example/3"
ENVIRONMENT = {"CXMOCK_POSTGRES_URL": POSTGRES, "CXMOCK_REDIS_URL": REDIS}


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("embedded", Stores()),
        ("container", Stores("container", "container")),
        ("fakeredis", Stores("embedded", "fakeredis")),
        ("external", Stores("external", "external", POSTGRES, REDIS)),
        ("redis=fakeredis", Stores("embedded", "fakeredis")),
        ("postgres=external,redis=embedded", Stores("external", "embedded", POSTGRES)),
        ("redis=redis://other/1,postgres=container", Stores("container", "external", "", "redis://other/1")),
        (f"postgres={POSTGRES},redis=external", Stores("external", "external", POSTGRES, REDIS)),
        ("postgres=postgres://h/d?a=1,redis=embedded", Stores("external", "embedded", "postgres://h/d?a=1")),
    ],
)
def test_each_store_has_its_own_way_or_both_have_one(text: str, chosen: Stores) -> None:
    assert Stores.read(text, ENVIRONMENT) == chosen


@pytest.mark.parametrize(
    "text", ["", "docker", "postgres=fakeredis", "redis=", "mysql=embedded", "postgres=redis://h", "embedded,redis=x"]
)
def test_what_is_no_choice_is_refused_with_the_right_ones(text: str) -> None:
    with pytest.raises(UnknownStores) as caught:
        Stores.read(text, ENVIRONMENT)
    assert "embedded, container, external or fakeredis" in str(caught.value)


def test_passwords_are_not_shown() -> None:
    with pytest.raises(UnknownStores) as caught:
        Stores.read(f"postgres={POSTGRES},redis=mysql://x:secret@h", ENVIRONMENT)
    assert "secret" not in str(caught.value)
    assert "secret" not in repr(Stores.read("external", ENVIRONMENT))


def test_an_external_store_without_a_url_names_the_variable() -> None:
    with pytest.raises(ExternalUrlMissing, match='"redis" is external, and its URL is missing') as caught:
        Stores.read("redis=external", {})
    assert "export CXMOCK_REDIS_URL=redis://" in str(caught.value)
