"""The front-end ingress (row 1, port 443): the one door for browsers and API clients."""

from cxmock.reference.services.ingress.ingress import Ingress, build

__all__ = ["Ingress", "build"]
