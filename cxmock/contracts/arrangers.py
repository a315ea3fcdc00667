"""Who brings about the provider states of a user's own provider: a URL, or Python functions."""

from __future__ import annotations

import ssl
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from cxmock.contracts.arranging_by_functions import functions_in, functions_of
from cxmock.contracts.arranging_by_url import StatesByUrl


class Arranger(Protocol):
    """Brings about provider states; closed at the end."""

    @property
    def known(self) -> Sequence[str]:
        """The states that it is known to know; none where that cannot be asked."""

    async def ready(self) -> None:
        """See that it can be asked.

        Raises:
            StatesUnusable: it cannot.
        """

    async def arrange(self, number: int, template: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        """Bring about a state; see :data:`~cxmock.contracts.arranging.Arrange`."""

    async def aclose(self) -> None:
        """Close every connection."""


def arranger_of(source: object, *, context: ssl.SSLContext | None = None, within: float = 5.0) -> Arranger:
    """Return the arranger that ``source`` means: a URL, ``module`` or ``module:attribute``, a mapping, an object.

    Args:
        source: what the user gave.
        context: how an ``https`` URL is trusted.
        within: seconds for one state at a URL.

    Raises:
        StatesUnusable: it means none.
    """
    if not isinstance(source, str):
        return functions_of(source, getattr(source, "__name__", type(source).__name__))
    if "://" in source:
        return StatesByUrl(source, context=context, within=within)
    return functions_in(source)
