"""How a service calls others over HTTP: the trace goes along, calls are counted, envelopes are opened."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cxmock.clients.http import HttpClient
from cxmock.errors.calls import NoAnswer, NotReachable
from cxmock.reference.envelope import Code, Refusal
from cxmock.reference.logs import Log
from cxmock.reference.metrics import Metrics
from cxmock.reference.tracing import trace_headers
from cxmock.wire.http import Response


@dataclass(frozen=True, slots=True)
class Caller:
    """Calls one system.

    Errors of the call itself (nobody listens, no answer) become refusals that name the system: code 515.
    """

    client: HttpClient
    destination: str
    """The system's name, for people and for the metrics."""
    metrics: Metrics
    log: Log = field(default_factory=lambda: Log("", "", ""))
    troubles: dict[str, str] = field(default_factory=dict)
    """System -> why the latest call of it had no answer."""

    async def request(
        self,
        method: str,
        target: str,
        *,
        json: object = None,
        form: Mapping[str, str] | None = None,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        within: float | None = None,
    ) -> Response:
        """Call, and return the response whatever its status.

        Raises:
            Refusal: there was no answer (515, HTTP 503).
        """
        sent = trace_headers() | dict(headers or {})
        status = 0
        began = time.perf_counter()
        try:
            response = await self.client.request(
                method, target, json=json, form=form, body=body, headers=sent, within=within
            )
            status = response.status
            self.troubles.pop(self.destination, None)
        except (NotReachable, NoAnswer) as error:
            self.troubles[self.destination] = error.what
            raise Refusal(Code.BACK_END, f"{self.destination} does not answer: {error.what}", error.fix) from error
        finally:
            self.metrics.called_out(method, status, self.destination)
            self.log.called(self.destination, method, target, status, time.perf_counter() - began)
        return response

    async def ask(
        self,
        method: str,
        target: str,
        *,
        json: object = None,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        within: float | None = None,
    ) -> Any:
        """Call, open the envelope, and return its data.

        Raises:
            Refusal: the other system refused (its own code and words), or did not answer.
        """
        response = await self.request(method, target, json=json, body=body, headers=headers, within=within)
        return self.open_envelope(method, target, response)

    def open_envelope(self, method: str, target: str, response: Response) -> Any:
        """Return the data of an enveloped response.

        Raises:
            Refusal: it tells an error, or is no envelope.
        """
        try:
            reply = response.json()
            status = reply["status"]
            code = int(status["code"])
        except (ValueError, TypeError, KeyError):
            call = f"{method} {target.partition('?')[0]}"
            raise Refusal(
                Code.BACK_END,
                f"{self.destination} answered {call} with HTTP {response.status} and no envelope.",
                f"The body begins with: {response.text[:200]!r}",
                status=502,
            ) from None
        if code in (Code.DONE, Code.ACCEPTED) and response.status < 400:
            return reply.get("data")
        message = str(status.get("message") or f"{self.destination} answered HTTP {response.status}.")
        refused = response.status if response.status >= 400 else None
        raise Refusal(code or Code.BACK_END, message, str(status.get("detail") or ""), status=refused)
