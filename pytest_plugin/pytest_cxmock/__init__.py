"""The pytest plugin: options and fixtures. It imports only the standard library and pytest; the rest on first use."""

from pytest_cxmock.fixtures import (
    cx_compliance,
    cx_confserv,
    cx_contact,
    cx_env,
    cx_gws,
    cx_journal,
    cx_nexus,
    cx_ocs,
    cx_postgres,
    cx_redis,
    cx_sftp,
    cx_share,
    cx_testbed,
)
from pytest_cxmock.hooks import pytest_addoption, pytest_configure, pytest_runtest_makereport, pytest_runtest_teardown

__all__ = [
    "cx_compliance",
    "cx_confserv",
    "cx_contact",
    "cx_env",
    "cx_gws",
    "cx_journal",
    "cx_nexus",
    "cx_ocs",
    "cx_postgres",
    "cx_redis",
    "cx_sftp",
    "cx_share",
    "cx_testbed",
    "pytest_addoption",
    "pytest_configure",
    "pytest_runtest_makereport",
    "pytest_runtest_teardown",
]
