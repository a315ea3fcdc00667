"""What every serving part shares: the part and its site, tables of operations and of provider states."""

from cxmock.serving.directory import Credentials, Directory, Endpoint, Login
from cxmock.serving.http_part import Door, HttpPart
from cxmock.serving.part import Part, Site, Tls
from cxmock.serving.routes import Routes
from cxmock.serving.states import States

__all__ = [
    "Credentials",
    "Directory",
    "Door",
    "Endpoint",
    "HttpPart",
    "Login",
    "Part",
    "Routes",
    "Site",
    "States",
    "Tls",
]
