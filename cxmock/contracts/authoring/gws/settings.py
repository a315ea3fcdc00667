"""What little is known of the setting and voice APIs, ``/setting/v3`` and ``/voice/v3``."""

from __future__ import annotations

from cxmock.contracts.authoring import Ask, Row, assumed, given, like
from cxmock.contracts.authoring.gws.shared import TOKEN_IS_VALID, WITH_TOKEN, done, refused

CONFIGURED = assumed("that CX Contact is configured with this API is documented; the call is ours")

SETTING = "/setting/v3/settings/rpc"
WRITTEN = given("setting {name} is {value}", name="rpc", value=3)


def promise(row: Row) -> None:
    """Add these APIs' promises."""
    row.http(
        "a setting is written",
        CONFIGURED,
        Ask("PUT", SETTING, headers=WITH_TOKEN, json={"data": like({"value": 3})}),
        done(),
        states=[TOKEN_IS_VALID],
    )
    row.http(
        "a setting is read",
        CONFIGURED,
        Ask("GET", SETTING, headers=WITH_TOKEN),
        done(like({"value": 3})),
        states=[TOKEN_IS_VALID, WRITTEN],
    )
    row.http(
        "a setting that nobody wrote is not found",
        CONFIGURED,
        Ask("GET", "/setting/v3/settings/nobodys", headers=WITH_TOKEN),
        refused(404, 604),
        states=[TOKEN_IS_VALID],
    )
    row.http(
        "the settings are listed",
        CONFIGURED,
        Ask("GET", "/setting/v3/settings", headers=WITH_TOKEN),
        done({"settings": like({"rpc": {"value": 3}})}),
        states=[TOKEN_IS_VALID, WRITTEN],
    )
    row.http(
        "the calls are listed",
        CONFIGURED,
        Ask("GET", "/voice/v3/calls", headers=WITH_TOKEN),
        done({"calls": like([])}),
        states=[TOKEN_IS_VALID],
    )
