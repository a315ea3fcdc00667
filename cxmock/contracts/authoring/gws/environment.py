"""The environment API, ``/environment/v3``."""

from __future__ import annotations

from cxmock.contracts.authoring import Ask, Row, assumed, documented, each_like, from_state, given, like, uuid
from cxmock.contracts.authoring.gws.shared import TOKEN_HAS_EXPIRED, TOKEN_IS_VALID, WITH_TOKEN, done, refused

CLIENT = documented("Genesys' deployment scripts: environments, and settings of contact centers")
SHAPES = assumed("the calls are documented, what they tell is ours")
REFUSALS = assumed("codes 601 and 604 are observed; their HTTP statuses are ours")

SETTINGS = "/environment/v3/contact-centers/${ccid}/settings"
EXAMPLE = "/environment/v3/contact-centers/54740030-8867-4790-9ff5-f224bcc7eff5/settings"
CONTACT_CENTER = given("the contact centre is known")


def promise(row: Row) -> None:
    """Add this API's promises."""
    row.http(
        "the environments are listed",
        SHAPES,
        Ask("GET", "/environment/v3/environments", headers=WITH_TOKEN),
        done(
            each_like(
                {
                    "id": uuid("54740030-8867-4790-9ff5-f224bcc7eff5"),
                    "tenant": like("Environment"),
                    "appName": like("Cloud"),
                }
            )
        ),
        states=[TOKEN_IS_VALID],
    )
    row.http(
        "the contact centers are listed",
        SHAPES,
        Ask("GET", "/environment/v3/contact-centers", headers=WITH_TOKEN),
        done(
            each_like(
                {
                    "id": uuid("54740030-8867-4790-9ff5-f224bcc7eff5"),
                    "environmentId": uuid("54740030-8867-4790-9ff5-f224bcc7eff5"),
                    "domains": each_like("Acme"),
                    "auth": like("configServer"),
                }
            )
        ),
        states=[TOKEN_IS_VALID],
    )
    row.http(
        "a setting of the contact center is written",
        CLIENT,
        Ask(
            "POST",
            from_state(SETTINGS, EXAMPLE),
            headers=WITH_TOKEN,
            json={"data": {"location": like("/"), "name": like("rpc"), "shared": like(True), "value": like("3")}},
        ),
        done(),
        states=[TOKEN_IS_VALID, CONTACT_CENTER],
    )
    row.http(
        "the settings of the contact center are read",
        SHAPES,
        Ask("GET", from_state(SETTINGS, EXAMPLE), headers=WITH_TOKEN),
        done({"settings": like([])}),
        states=[TOKEN_IS_VALID, CONTACT_CENTER],
    )
    row.http(
        "the settings of an unknown contact center are not found",
        REFUSALS,
        Ask(
            "GET",
            "/environment/v3/contact-centers/00000000-0000-0000-0000-000000000000/settings",
            headers=WITH_TOKEN,
        ),
        refused(404, 604),
        states=[TOKEN_IS_VALID],
    )
    row.http(
        "the environments are not for who has an expired token",
        REFUSALS,
        Ask("GET", "/environment/v3/environments", headers=WITH_TOKEN),
        refused(401, 601),
        states=[TOKEN_HAS_EXPIRED],
    )
