"""Why a provider gives no answer: it refuses, is not trusted, hangs, or does not speak what it should."""

from __future__ import annotations

import asyncio
import os
import ssl


class NotTrusted(Exception):
    """The TLS handshake failed: the certificate is no good here."""


async def why_not(scheme: str, host: str, port: int, context: ssl.SSLContext | None, within: float) -> str:
    """Connect, and return in one sentence why that is impossible; an empty one when it is possible.

    Args:
        scheme: with ``https`` the TLS handshake is part of it.
        host: where.
        port: where.
        context: who is trusted, for ``https``.
        within: seconds for all of it.

    Raises:
        NotTrusted: what is impossible is the TLS handshake.
    """
    where = f"{scheme}://{host}:{port}"
    try:
        async with asyncio.timeout(within):
            _, writer = await asyncio.open_connection(host, port, ssl=context if scheme == "https" else None)
    except ssl.SSLError as error:
        said = getattr(error, "verify_message", "")
        raise NotTrusted(f"{where}: TLS failed ({error.reason or error}){': ' if said else ''}{said}.") from error
    except TimeoutError:
        return f"{where} accepts no connection within {within:g} s."
    except OSError as error:
        known = error.errno and error.errno > 0
        return f"{where} cannot be reached: {os.strerror(error.errno) if known and error.errno else error}."
    writer.transport.abort()
    return ""
