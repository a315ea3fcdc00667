"""What a campaign group becomes in Configuration: its objects, in the documented order, and back again.

Documented: the order (calling list, campaign, campaign group), that a campaign group is named ``campaign@group``, and
the options of section ``OServer`` that end in ``-uri``. Assumed: the paths in those options, the option ``media``, and
section ``CXContact``, in which CX Contact keeps what Configuration has no place for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cxmock.reference.gws import Attributes, kv_list
from cxmock.reference.services.campaign_manager.dialing import Dialing
from cxmock.reference.settings import Settings

OWN = "CXContact"
"""The section of CX Contact's own properties."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignGroup:
    """A campaign group as CX Contact defines it."""

    campaign: str
    group: str
    """The agent group that works on it."""
    contact_list: str
    media: str
    dialing: Dialing
    channels: int | None = None
    """Attempts at the same time; None: as Configuration has it."""
    template: str = ""
    """The campaign template that it was made from."""
    caller_id: str = ""
    message: str = ""
    """The text of SMS and e-mail."""
    subject: str = ""
    """Of e-mail."""
    sender: str = ""
    """Whom messages are from; empty: as Dial Manager has it."""
    choice: Mapping[str, list[str]] | None = None
    """``rules`` and ``suppressionLists`` that hold beside the required ones; None: all there are."""

    @property
    def name(self) -> str:
        """The documented name, ``campaign@group``."""
        return f"{self.campaign}@{self.group}"

    def campaign_attributes(self, calling_list: int) -> Attributes:
        """Return the Campaign object's attributes."""
        entry = {"callingListDBID": calling_list, "share": 100, "isActive": True}
        return {"callingLists": [entry], "userProperties": kv_list({OWN: {"media": self.media}})}

    def group_attributes(self, campaign: int, group: int, ocs: int, settings: Settings) -> Attributes:
        """Return the CampaignGroup object's attributes."""
        own = {"media": self.media, "contactList": self.contact_list, "template": self.template}
        if self.media == "voice":
            own["callerId"] = self.caller_id
        else:
            own |= {"message": self.message, "subject": self.subject, "sender": self.sender}
        return {
            "campaignDBID": campaign,
            "groupDBID": group,
            **dialing_attributes(self.dialing),
            **({} if self.channels is None else {"numOfChannels": self.channels}),
            "serverDBIDs": [ocs],
            "userProperties": kv_list(
                {"OServer": callbacks(self.media, settings), OWN: {key: text for key, text in own.items() if text}}
            ),
        }


def dialing_attributes(dialing: Dialing) -> Attributes:
    """Return what a CampaignGroup object tells of how it dials."""
    return {"dialMode": int(dialing.mode), "optMethod": int(dialing.by), "optMethodValue": dialing.goal}


def callbacks(media: str, settings: Settings) -> dict[str, str]:
    """Return the options that tell OCS what the campaign sends, where to ask and where to report (row 8)."""
    compliance = settings.compliance_manager_url
    options = {
        "media": media,
        "validation-uri": f"{compliance}/ocs/validation",
        "history-uri": f"{compliance}/ocs/history",
        "campaigngroup-states-uri": f"{compliance}/ocs/campaign-group-states",
    }
    if media != "voice":
        options["digital-dialer-uri"] = f"{settings.dial_manager_url}/ocs/digital"
    return options


def own_properties(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return CX Contact's own properties of an object.

    >>> own_properties({"userProperties": kv_list({"CXContact": {"media": "sms"}})})
    {'media': 'sms'}
    """
    for section in attributes.get("userProperties") or ():
        if section.get("key") == OWN:
            return {one["key"]: one["value"] for one in section["value"]}
    return {}


def shown(group: Attributes) -> Attributes:
    """Return a campaign group as the API tells it, without where it stands."""
    return {
        "name": group["name"],
        "dbid": group["DBID"],
        "dialMode": group.get("dialMode"),
        "optimizeBy": group.get("optMethod"),
        "optimizeGoal": group.get("optMethodValue"),
        **({"channels": group["numOfChannels"]} if "numOfChannels" in group else {}),
        **own_properties(group),
    }
