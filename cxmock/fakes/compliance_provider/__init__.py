"""The compliance data provider, played for connection 3."""

from cxmock.fakes.compliance_provider.data_set import DataSet
from cxmock.fakes.compliance_provider.provider import ComplianceProvider

__all__ = ["ComplianceProvider", "DataSet"]
