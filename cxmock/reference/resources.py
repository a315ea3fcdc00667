"""The named objects of the API: one set of operations for every kind, composed into the service that owns the kind.

A service declares its kind as data and mounts the operations::

    LABELS = ObjectKind("labels", "label", (Field("color", Text(16), "How it is shown.", default=""),))

    class ApiAggregator:
        labels: Resource = field(init=False)
        routes = Routes()
        routes.mount("labels", f"{API}/labels", Resource.routes)

        def __post_init__(self):
            self.labels = Resource(self.runtime, LABELS)

Paths and bodies are assumed; the envelope's codes are those of GWS.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cxmock.reference.envelope import Code, Refusal, data_of, done
from cxmock.reference.fields import Field, Name, Schema, Whole, object_schema, read
from cxmock.reference.names import is_name
from cxmock.reference.objects import Objects, Stored
from cxmock.reference.paging import Paging
from cxmock.reference.runtime import Runtime
from cxmock.serving.routes import Routes
from cxmock.wire.http import Request, Response

NAME = Field("name", Name(), "What it is called.", needed=True)
KEPT = (
    Field("version", Whole(1), "Grows by one with every change; sent along, a change of another version is refused."),
    Field("created", Whole(), "When it was made, in UTC seconds."),
    Field("changed", Whole(), "When it was changed last, in UTC seconds."),
)
"""What an object has beside its own fields. Only ``version`` means something in a request; the others are let be."""


@dataclass(frozen=True, slots=True)
class ObjectKind:
    """A kind of object.

    Args:
        name: as paths have it, in the plural: ``dialing-profiles``.
        one: as people say it: ``dialing profile``.
        fields: its own.
        check: looks at the fields together; raises a refusal.
        most: objects of a tenant.
    """

    name: str
    one: str
    fields: tuple[Field, ...]
    check: Callable[[Mapping[str, Any]], object] | None = None
    most: int = 10_000

    @property
    def article(self) -> str:
        """The kind in a sentence: ``a label``, ``an API key``."""
        return f"{'an' if self.one[0] in 'aeiouAEIOU' else 'a'} {self.one}"

    def read(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return the object's own fields, whole and checked.

        Raises:
            Refusal: see :func:`cxmock.reference.fields.read`.
        """
        found = read(data, (*self.fields, *KEPT))
        for one in KEPT:
            del found[one.name]
        if self.check is not None:
            self.check(found)
        return found

    def shown(self, stored: Stored) -> dict[str, Any]:
        """Return an object as the API tells it."""
        own = {one.name: stored.data.get(one.name, one.default) for one in self.fields}
        kept = {"version": stored.version, "created": stored.created, "changed": stored.changed}
        return {"name": stored.name, **own, **kept}

    def wanted(self, *, named: bool) -> Schema:
        """Return the schema of a request; ``named`` when it has to say the name."""
        name = NAME if named else Field("name", Name(), "As in the path.")
        return object_schema((name, *self.fields, *KEPT))

    def told(self) -> Schema:
        """Return the schema of an object in an answer."""
        kept = (Field(one.name, one.kind, one.meaning, needed=True) for one in KEPT)
        return object_schema((NAME, *self.fields, *kept), told=True)


@dataclass
class Resource:
    """The objects of one kind, and the operations on them."""

    runtime: Runtime
    kind: ObjectKind
    objects: Objects = field(init=False)

    routes = Routes()

    def __post_init__(self) -> None:
        self.objects = self.runtime.objects(self.kind.name)

    @routes("GET", "")
    async def listed(self, request: Request) -> Response:
        """List them, paged, sorted and filtered."""
        paging = Paging.of(request, (*self.kind.fields, *KEPT))
        page, total = await self.objects.page(paging)
        return paging.answer([self.kind.shown(one) for one in page], total)

    @routes("POST", "")
    async def create(self, request: Request) -> Response:
        """Make one: 609 when there is one of that name."""
        data = data_of(request)
        made = await self.make(name_in(data), data)
        return done(self.kind.shown(made), status=201)

    @routes("GET", "/{name}")
    async def shown(self, request: Request) -> Response:
        """Tell one."""
        return done(self.kind.shown(await self.needed(request.params["name"])))

    @routes("PUT", "/{name}")
    async def replace(self, request: Request) -> Response:
        """Set all of its fields: what is not given has its default."""
        return await self._change(request, {})

    @routes("PATCH", "/{name}")
    async def change(self, request: Request) -> Response:
        """Set some of its fields; null sets the default."""
        return await self._change(request, None)

    @routes("DELETE", "/{name}")
    async def remove(self, request: Request) -> Response:
        """Remove it."""
        name = request.params["name"]
        if not is_name(name) or not await self.objects.remove(name):
            raise await self._no_such(name)
        return done()

    async def needed(self, name: str) -> Stored:
        """Return the object of that name.

        Raises:
            Refusal: there is none (604).
        """
        found = await self.objects.find(name) if is_name(name) else None
        if found is None:
            raise await self._no_such(name)
        return found

    async def make(self, name: str, data: Mapping[str, Any], secret: Mapping[str, Any] | None = None) -> Stored:
        """Make an object; ``secret`` is kept with it, and never shown.

        Raises:
            Refusal: a field is wrong (651, 652), there is one of that name (609), or there are too many (409).
        """
        own = self.kind.read(_without_name(data))
        made = await self.objects.add(name, {**own, **(secret or {})}, self.runtime.clock.now(), self.kind.most)
        if made is not None:
            return made
        if await self.objects.find(name):
            raise Refusal(Code.EXISTS, f'There is {self.kind.article} "{name}" already.', "Give another name.")
        raise Refusal(Code.CONFLICT, f"There are {self.kind.most} {self.kind.name} already.", "Remove one first.")

    async def set(self, name: str, data: Mapping[str, Any]) -> Stored:
        """Set some fields of an object; it is made unless it is there."""
        own = self.kind.read(data)
        made = await self.objects.add(name, own, self.runtime.clock.now(), self.kind.most)
        return made or await self._merge(name, data, None)

    async def _change(self, request: Request, base: Mapping[str, Any] | None) -> Response:
        name, data = request.params["name"], data_of(request)
        if data.get("name") not in (None, name):
            raise Refusal(
                Code.INVALID, f'"name" is {data["name"]!r:.60}, the path says "{name:.60}".', "A name stays as it is."
            )
        await self.needed(name)
        return done(self.kind.shown(await self._merge(name, _without_name(data), base)))

    async def _merge(self, name: str, told: Mapping[str, Any], base: Mapping[str, Any] | None) -> Stored:
        """Set an object to what is told, over ``base``: None for what it is now."""
        async with self.runtime.postgres.transaction() as connection:
            found = await self.objects.locked(connection, name)
            if found is not None:
                shown = {one.name: found.data.get(one.name) for one in self.kind.fields}
                own = self.kind.read({**(shown if base is None else base), **told})
                if told.get("version") not in (None, found.version):
                    raise Refusal(
                        Code.CONFLICT,
                        f'"{name}" has version {found.version} by now, not {told["version"]}.',
                        "Read it again, and change that.",
                    )
                found = await self.objects.change(connection, name, own, self.runtime.clock.now())
        if found is None:
            raise await self._no_such(name)
        return found

    async def _no_such(self, name: str) -> Refusal:
        page, _ = await self.objects.page(Paging(limit=20))
        there = ", ".join(one.name for one in page) or "none"
        return Refusal(Code.NOT_FOUND, f'There is no {self.kind.one} "{name:.100}".', f"There is: {there}.")


def name_in(data: Mapping[str, Any]) -> str:
    """Return the name that a request gives.

    Raises:
        Refusal: there is none (651), or it cannot be one (652).
    """
    name: str = read({"name": data.get("name")}, (NAME,))["name"]
    return name


def _without_name(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name != "name"}
