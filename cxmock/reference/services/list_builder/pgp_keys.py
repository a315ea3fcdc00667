"""The PGP keys of the API: given once, named in imports, never told again. Their paths and bodies are assumed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cxmock.reference.envelope import Code, Refusal, data_of, done
from cxmock.reference.fields import Field, Name, Text, read
from cxmock.reference.objects import Stored
from cxmock.reference.paging import Paging
from cxmock.reference.resources import ObjectKind, Resource
from cxmock.reference.runtime import Runtime
from cxmock.reference.services.list_builder.pgp import Key, fingerprint_of
from cxmock.serving.routes import Routes
from cxmock.wire.http import Request, Response

KIND = "pgp-keys"
MOST = 100
FIELDS = (
    Field("name", Name(), "What imports call it.", needed=True),
    Field("key", Text(64 * 1024), "The armored secret key.", needed=True),
    Field("passphrase", Text(), "Its passphrase, if it has one.", default=""),
)


@dataclass
class PgpKeys:
    """Keys by which files are decrypted; people are told their fingerprints only."""

    runtime: Runtime
    _kept: Resource = field(init=False)

    routes = Routes()

    def __post_init__(self) -> None:
        self._kept = Resource(self.runtime, ObjectKind(KIND, "PGP key", (), most=MOST))

    @routes("GET", "")
    async def listed(self, request: Request) -> Response:
        """List the keys: name and fingerprint."""
        paging = Paging.of(request, ())
        page, total = await self._kept.objects.page(paging)
        return paging.answer([_shown(one) for one in page], total)

    @routes("POST", "")
    async def give(self, request: Request) -> Response:
        """Take a key: 609 when there is one of that name."""
        told = read(data_of(request), FIELDS)
        key = Key(told["name"], told["key"], told["passphrase"])
        kept = {"key": key.armored, "passphrase": key.passphrase, "fingerprint": fingerprint_of(key)}
        made = await self._kept.objects.add(key.name, kept, self.runtime.clock.now(), MOST)
        if made is None:
            if await self._kept.objects.find(key.name):
                raise Refusal(Code.EXISTS, f'There is a PGP key "{key.name}" already.', "Give another name.")
            raise Refusal(Code.CONFLICT, f"There are {MOST} PGP keys already.", "Remove one first.")
        return done(_shown(made), status=201)

    @routes("DELETE", "/{name}")
    async def remove(self, request: Request) -> Response:
        """Remove a key."""
        return await self._kept.remove(request)

    async def key(self, name: str) -> Key:
        """Return a key.

        Raises:
            Refusal: there is none of that name (604).
        """
        found = await self._kept.needed(name)
        return Key(name, found.data["key"], found.data["passphrase"])


def _shown(stored: Stored) -> dict[str, Any]:
    return {"name": stored.name, "fingerprint": stored.data["fingerprint"], "created": stored.created}
