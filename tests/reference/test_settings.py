"""A service's settings: environment variables, all of them or an error that names what is missing."""

from __future__ import annotations

from dataclasses import fields

import pytest

from cxmock.errors.settings import MissingSetting
from cxmock.reference.settings import Settings
from cxmock.topology import Component

VARIABLES = [f"CX_{one.name.upper()}" for one in fields(Settings) if one.metadata]
FULL = {name: f"value of {name}" for name in VARIABLES}


def test_settings_come_from_the_environment() -> None:
    settings = Settings.from_env(FULL | {"SSL_CERT_FILE": "/ca.pem", "CX_UNKNOWN": "ignored"})
    assert settings.gws_url == "value of CX_GWS_URL"
    assert settings.ca_file == "/ca.pem"


def test_every_back_end_has_an_address() -> None:
    settings = Settings.from_env(FULL)
    assert settings.back_end(Component.LIST_BUILDER) == "value of CX_LIST_BUILDER_URL"
    assert settings.back_end(Component.API_AGGREGATOR) == "value of CX_API_AGGREGATOR_URL"


def test_a_missing_variable_is_named_with_what_to_set() -> None:
    with pytest.raises(MissingSetting) as raised:
        Settings.from_env({name: value for name, value in FULL.items() if name != "CX_SHARE_URL"})
    assert str(raised.value).startswith("CX_SHARE_URL is not set.")
    assert "nfs://HOST:PORT/" in str(raised.value)


def test_all_missing_variables_are_named_at_once() -> None:
    with pytest.raises(MissingSetting) as raised:
        Settings.from_env(FULL | {"CX_TENANT": "", "CX_CCID": ""})
    assert raised.value.names == ("CX_TENANT", "CX_CCID")
    assert str(raised.value).startswith("CX_TENANT, CX_CCID are not set.")


def test_secrets_stay_out_of_repr() -> None:
    text = repr(Settings.from_env(FULL))
    assert "value of CX_TENANT" in text
    for secret in ("CX_SERVICE_KEY", "CX_GWS_CLIENT_SECRET", "CX_POSTGRES_URL", "CX_REDIS_URL", "CX_SFTP_URL"):
        assert f"value of {secret}" not in text
