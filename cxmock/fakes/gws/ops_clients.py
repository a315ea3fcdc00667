"""Managing OAuth clients, ``/auth/v3/ops/clients``, with the operator's credentials as HTTP Basic authentication.

Documented (Genesys' own deployment scripts): the paths, the fields and their names, that an update names only what
changes, that secrets are given when a client is made. Assumed: that a reply never shows a secret.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cxmock.fakes.gws.envelope import Code, Refused, data_of, field, reply
from cxmock.fakes.gws.identity import ALL_GRANTS, Client, Identity
from cxmock.serving import Routes
from cxmock.wire.http import Request, Response


@dataclass
class OpsClients:
    """The clients, as an operator sees them."""

    identity: Identity
    routes = Routes()

    @routes("GET", "/auth/v3/ops/clients")
    def list_clients(self, request: Request) -> Response:
        """List every client."""
        return reply([_shown(client) for client in self.identity.clients.values()])

    @routes("GET", "/auth/v3/ops/clients/{client_id}")
    def show_client(self, request: Request) -> Response:
        """Show one client."""
        return reply(_shown(self._named(request)))

    @routes("POST", "/auth/v3/ops/clients")
    def create_client(self, request: Request) -> Response:
        """Make a client."""
        data = data_of(request)
        client_id = field(data, "client_id", str)
        if client_id in self.identity.clients:
            raise Refused(Code.EXISTS, f"There is a client {client_id} already.", "Update it by PUT.")
        client = Client(client_id, "", client_id)
        _change(client, data)
        self.identity.clients[client_id] = client
        return reply(_shown(client))

    @routes("PUT", "/auth/v3/ops/clients/{client_id}")
    def update_client(self, request: Request) -> Response:
        """Change what the request names of a client."""
        client = self._named(request)
        _change(client, data_of(request))
        return reply(_shown(client))

    @routes("DELETE", "/auth/v3/ops/clients/{client_id}")
    def delete_client(self, request: Request) -> Response:
        """Forget a client, and end its sessions."""
        client = self._named(request)
        del self.identity.clients[client.client_id]
        for session in tuple(self.identity.tokens.values()):
            if session.client is client:
                self.identity.end(session)
        return reply()

    def _named(self, request: Request) -> Client:
        client_id = request.params["client_id"]
        if client := self.identity.clients.get(client_id):
            return client
        raise Refused(Code.NOT_FOUND, f"There is no client {client_id}.", f"Known: {', '.join(self.identity.clients)}.")


def _shown(client: Client) -> dict[str, Any]:
    return {
        "client_id": client.client_id,
        "name": client.name,
        "clientType": "CONFIDENTIAL" if client.confidential else "PUBLIC",
        "authorities": list(client.authorities),
        "authorizedGrantTypes": list(client.grants),
        "redirectURIs": list(client.redirect_uris),
        "accessTokenExpirationTimeout": client.access_seconds,
        "refreshTokenExpirationTimeout": client.refresh_seconds,
        "scope": ["*"],
    }


def _change(client: Client, data: dict[str, Any]) -> None:
    # Every field is read before the first is set, so that a refused request changes nothing.
    secret = field(data, "client_secret", str, client.secret)
    name = field(data, "name", str, client.name)
    kind = field(data, "clientType", str, "CONFIDENTIAL" if client.confidential else "PUBLIC")
    authorities = _texts(data, "authorities", client.authorities)
    grants = _texts(data, "authorizedGrantTypes", client.grants)
    redirect_uris = _texts(data, "redirectURIs", client.redirect_uris)
    access = field(data, "accessTokenExpirationTimeout", int, client.access_seconds)
    refresh = field(data, "refreshTokenExpirationTimeout", int, client.refresh_seconds)
    if kind not in ("CONFIDENTIAL", "PUBLIC"):
        raise Refused(Code.INVALID, "clientType is to be CONFIDENTIAL or PUBLIC.", f"It is {kind}.")
    if unknown := [grant for grant in grants if grant not in ALL_GRANTS]:
        raise Refused(Code.INVALID, f"There is no grant {unknown[0]}.", f"There are {', '.join(ALL_GRANTS)}.")
    if kind == "CONFIDENTIAL" and not secret:
        raise Refused(Code.MISSING, "client_secret is missing.", "A confidential client has one.")
    if access <= 0 or refresh <= 0:
        raise Refused(Code.INVALID, "A token lives for a positive number of seconds.")
    client.secret, client.name, client.confidential = secret, name, kind == "CONFIDENTIAL"
    client.authorities, client.grants, client.redirect_uris = authorities, grants, redirect_uris
    client.access_seconds, client.refresh_seconds = access, refresh


def _texts(data: dict[str, Any], name: str, default: tuple[str, ...]) -> tuple[str, ...]:
    values = field(data, name, list, list(default))
    if all(isinstance(value, str) for value in values):
        return tuple(values)
    raise Refused(Code.INVALID, f"{name} is to be a list of texts.")
