"""Who plays what: a testbed assembles parts, starts, resets and stops them."""

from cxmock.testbed.options import Options, Stores
from cxmock.testbed.testbed import Testbed

__all__ = ["Options", "Stores", "Testbed"]
