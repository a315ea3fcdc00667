"""Campaign Manager (port 3005): campaigns and campaign groups, from definition to the last record."""

from cxmock.reference.services.campaign_manager.campaign_manager import CampaignManager, build

__all__ = ["CampaignManager", "build"]
