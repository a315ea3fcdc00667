"""Who plays what: a testbed assembles parts, starts, resets and stops them."""

from cxmock.stores.choosing import Stores
from cxmock.testbed.options import Options
from cxmock.testbed.testbed import Testbed

__all__ = ["Options", "Stores", "Testbed"]
