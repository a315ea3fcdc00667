"""The operations of the API as data beside each service's routes: the OpenAPI document and the way to a service follow.

A service that answers calls of the API has a module ``api`` with ``DOCUMENTED``: its routes, and by ``GET /path`` what
each of them takes and answers. What the route's method is said to do is the summary; what every operation may answer
besides (a session is missing, a system behind is silent, ...) need not be said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cxmock.reference.fields import Field, Schema, object_schema
from cxmock.reference.paging import parameters
from cxmock.reference.resources import KEPT, ObjectKind
from cxmock.serving.routes import Routes

NOTHING: Schema = {"type": "null"}
PAGING = {"$ref": "#/components/schemas/Paging"}


@dataclass(frozen=True, slots=True)
class Operation:
    """What one operation takes and answers.

    Args:
        answer: the schema of the envelope's ``data``.
        statuses: of success.
        query: parameters, by name.
        body: the fields of the JSON object that it takes; None: no body.
        body_schema: its schema, where fields do not say all.
        refuses: statuses of refusals beside the common ones (see :func:`cxmock.reference.openapi.document`).
        paged: whether the answer tells a page of a list.
        open: whether it is for everybody; else somebody has to be logged in.
        for_readers: whether it is for those, too, who may only read; GET always is.
        raw: the media type of an answer that is in no envelope.
        takes: the media type of a body that is no JSON.
    """

    answer: Schema = field(default_factory=lambda: NOTHING)
    statuses: tuple[int, ...] = (200,)
    query: Mapping[str, Schema] = field(default_factory=dict)
    body: tuple[Field, ...] | None = None
    body_schema: Schema | None = None
    refuses: tuple[int, ...] = ()
    paged: bool = False
    open: bool = False
    for_readers: bool = False
    raw: str = ""
    takes: str = "application/json"

    @property
    def request_schema(self) -> Schema | None:
        """The schema of the body; None when there is none."""
        if self.body_schema is not None:
            return self.body_schema
        return None if self.body is None else object_schema(self.body)


@dataclass(frozen=True, slots=True)
class Documented:
    """A service's part of the API.

    Args:
        routes: all that it answers.
        operations: those which the API is made of, by ``METHOD /path``.
    """

    routes: Routes
    operations: Mapping[str, Operation]


def resource(path: str, kind: ObjectKind, *, refuses: Sequence[int] = ()) -> dict[str, Operation]:
    """Return the operations of a :class:`~cxmock.reference.resources.Resource` that is mounted at ``path``.

    Args:
        path: where it is mounted.
        kind: of the objects.
        refuses: statuses with which the service refuses changes beside the usual ones.
    """
    told, one, extra = kind.told(), f"{path}/{{name}}", tuple(refuses)
    partly = {**kind.wanted(named=False)}
    partly.pop("required", None)
    return {
        f"GET {path}": listed(told, (*kind.fields, *KEPT)),
        f"POST {path}": Operation(told, (201,), body_schema=kind.wanted(named=True), refuses=(409, *extra)),
        f"GET {one}": Operation(told),
        f"PUT {one}": Operation(told, body_schema=kind.wanted(named=False), refuses=(409, *extra)),
        f"PATCH {one}": Operation(told, body_schema=partly, refuses=(409, *extra)),
        f"DELETE {one}": Operation(refuses=extra),
    }


def listed(told: Schema, fields: Sequence[Field]) -> Operation:
    """Return the operation that tells a list, of objects as ``told``, by pages; ``fields`` sort and filter it."""
    return Operation({"type": "array", "items": told}, query=parameters(fields), paged=True)


def told(**properties: Schema | str) -> Schema:
    """Return the schema of an object with these properties and maybe more; a word stands for a type.

    >>> told(name="string", expires="integer?")["properties"]
    {'name': {'type': 'string'}, 'expires': {'type': ['integer', 'null']}}
    """
    return {
        "type": "object",
        "properties": {name: _typed(schema) for name, schema in properties.items()},
        "required": list(properties),
    }


def several(schema: Schema | str) -> Schema:
    """Return the schema of a list."""
    return {"type": "array", "items": _typed(schema)}


def _typed(schema: Schema | str) -> dict[str, Any]:
    if not isinstance(schema, str):
        return schema
    word = schema.removesuffix("?")
    return {"type": word if word == schema else [word, "null"]}
