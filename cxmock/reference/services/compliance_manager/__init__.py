"""Compliance Manager: says before each attempt whether it may be made, and remembers the attempts."""

from cxmock.reference.services.compliance_manager.compliance_manager import ComplianceManager, build

__all__ = ["ComplianceManager", "build"]
