"""Row 11: CX Contact asks GWS to authenticate, for settings and configuration objects, and to run campaigns.

The parts of this contract are modules of their own, one an API.
"""

from __future__ import annotations

from cxmock.contracts.authoring import Row
from cxmock.contracts.authoring.gws import (
    authentication,
    calling_lists,
    campaign_groups,
    campaigns,
    configuration,
    environment,
    notifications,
    operators,
    settings,
    statistics,
)


def contract() -> Row:
    """Return the contract."""
    row = Row(11)
    authentication.promise(row)
    operators.promise(row)
    environment.promise(row)
    configuration.promise(row)
    campaigns.promise(row)
    campaign_groups.promise(row)
    calling_lists.promise(row)
    statistics.promise(row)
    notifications.promise(row)
    settings.promise(row)
    return row
