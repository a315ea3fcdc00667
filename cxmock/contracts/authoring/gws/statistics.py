"""The statistics API, ``/statistics/v3``."""

from __future__ import annotations

from cxmock.contracts.authoring import (
    Ask,
    Row,
    assumed,
    documented,
    each_like,
    from_state,
    given,
    integer,
    like,
    null_or,
    number,
    regex,
    stated,
)
from cxmock.contracts.authoring.gws.shared import TOKEN_HAS_EXPIRED, TOKEN_IS_VALID, WITH_TOKEN, done, refused

CLIENT = documented("Genesys' generated client of the Statistics API v3: paths and fields")
NAMES = assumed("the fields are documented; the names of statistics are a site's own, these are ours")
REFUSALS = assumed("the codes are observed; which one a fault has, and its HTTP status, are ours")

SUBSCRIPTIONS = "/statistics/v3/subscriptions"
VALUES = "/statistics/v3/statistic-values"
LOADED = given("campaign {name} is loaded", name="Summer")
GROUP = from_state("${campaignGroupName}", "Summer@Outbound agents")
STATES = [TOKEN_IS_VALID, LOADED]


def promise(row: Row) -> None:
    """Add this API's promises."""
    wanted = {"statisticId": like("s-1"), "objectId": GROUP, "objectType": "CampaignGroup", "name": "CampaignAttempts"}
    told = {
        "name": "CampaignAttempts",
        "objectId": like("Summer@Outbound agents"),
        "objectType": "CampaignGroup",
        "timestamp": integer(1767225600000),
        "value": integer(0),
    }
    row.http(
        "statistics are subscribed to, by an id of the caller's",
        CLIENT,
        Ask(
            "POST",
            SUBSCRIPTIONS,
            query={"verbose": "INFO"},
            headers=WITH_TOKEN,
            json={"operationId": like("o-1"), "data": {"statistics": [wanted]}},
        ),
        done(
            {
                "operationId": "o-1",
                "subscriptionId": "o-1",
                "statistics": [{"statisticId": like("s-1"), **told}],
            }
        ),
        states=STATES,
    )
    row.http(
        "a subscription that is not there is ended all the same",
        CLIENT,
        Ask("DELETE", regex(rf"{SUBSCRIPTIONS}/[^/]+", f"{SUBSCRIPTIONS}/o-2"), headers=WITH_TOKEN),
        done(),
        states=[TOKEN_IS_VALID],
    )
    row.http(
        "one statistic is told",
        NAMES,
        Ask(
            "GET",
            f"{VALUES}/CampaignAttempts",
            query={"objectId": GROUP, "objectType": "CampaignGroup"},
            headers=WITH_TOKEN,
        ),
        done(
            {
                "statistic": told,
            }
        ),
        states=STATES,
    )
    row.http(
        "several statistics are told at once",
        CLIENT,
        Ask(
            "POST",
            "/statistics/v3/operations/get-statistic-ex",
            headers=WITH_TOKEN,
            json={"data": {"statistics": [{name: wanted[name] for name in ("objectId", "objectType", "name")}]}},
        ),
        done({"statistics": [told]}),
        states=STATES,
    )
    names = ("CampaignAttempts", "CampaignAnswers")
    wanted_of_any = {"objectId": like("Summer@Outbound agents"), "objectType": "CampaignGroup", "name": like(names[0])}
    value_of_any = {**told, "name": like(names[0]), "value": null_or(number(0))}
    asked = [{"objectId": GROUP, "objectType": "CampaignGroup", "name": stated(name, like(name))} for name in names]
    figures = [{**told, "name": name, "value": integer(0)} for name in names]
    row.http(
        "several statistics of one campaign group are told at once",
        NAMES,
        Ask(
            "POST",
            "/statistics/v3/operations/get-statistic-ex",
            headers=WITH_TOKEN,
            json={"data": {"statistics": stated(asked, each_like(wanted_of_any, min=1))}},
        ),
        done({"statistics": stated(figures, each_like(value_of_any, min=1))}),
        states=STATES,
    )
    _refusals(row)


def _refusals(row: Row) -> None:
    nobodys = {"objectId": "Nobody@Nowhere", "objectType": "CampaignGroup"}
    row.http(
        "a statistic of a campaign group that nobody made is not found",
        REFUSALS,
        Ask("GET", f"{VALUES}/CampaignAttempts", query=nobodys, headers=WITH_TOKEN),
        refused(404, 604),
        states=[TOKEN_IS_VALID],
    )
    row.http(
        "the values of a subscription that nobody has are not found",
        REFUSALS,
        Ask("GET", f"{SUBSCRIPTIONS}/o-3/statistic-values", headers=WITH_TOKEN),
        refused(404, 604),
        states=[TOKEN_IS_VALID],
    )
    row.http(
        "statistics are not for who has an expired token",
        REFUSALS,
        Ask("GET", f"{VALUES}/CampaignAttempts", query=nobodys, headers=WITH_TOKEN),
        refused(401, 601),
        states=[TOKEN_HAS_EXPIRED],
    )
    row.http(
        "several statistics of which one has no name are not told",
        REFUSALS,
        Ask(
            "POST",
            "/statistics/v3/operations/get-statistic-ex",
            headers=WITH_TOKEN,
            json={"data": {"statistics": [{"objectId": "Nobody@Nowhere", "objectType": "CampaignGroup"}]}},
        ),
        refused(400, 651),
        states=[TOKEN_IS_VALID],
    )
