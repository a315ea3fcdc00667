"""The user interface: a static page, and its server side, which calls the back ends (row 4)."""

from cxmock.reference.services.ui.ui import Ui, build

__all__ = ["Ui", "build"]
