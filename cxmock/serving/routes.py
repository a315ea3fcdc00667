"""HTTP operations as a table: decorate a dataclass's methods, look a request up."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, TypeVar

from cxmock.errors.base import nearest
from cxmock.wire.http import Request, Response

F = TypeVar("F", bound=Callable[..., Any])
Answer = Response | Awaitable[Response]


@dataclass(frozen=True, slots=True)
class Route:
    """One operation: ``GET /objects/{type}`` and the name of the method that answers it."""

    method: str
    template: str
    name: str
    """``listed``, or ``labels.listed`` where an attribute of the owner answers."""
    summary: str

    def of(self, owner: object) -> Callable[[Request], Any]:
        """Return the method of ``owner`` that answers."""
        method: Callable[[Request], Any] = attrgetter(self.name)(owner)
        return method

    def fits(self, path: str) -> bool:
        """Whether a path, percent-decoded, is one of this operation's.

        >>> Route("GET", "/objects/{type}", "listed", "").fits("/objects/campaigns")
        True
        """
        return bool(re.fullmatch(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(self.template)), path))

    def __str__(self) -> str:
        return f"{self.method} {self.template}"


class Routes:
    """The operations of one kind of fake or service, filled in its class body.

    >>> class Greeter:
    ...     routes = Routes()
    ...     @routes("GET", "/hello/{name}")
    ...     def hello(self, request: Request) -> Response:
    ...         "Greet somebody."
    ...         return Response.plain(f"Hello {request.params['name']}")
    >>> Greeter.routes.answer(Greeter(), Request("GET", "/hello/Ada")).text
    'Hello Ada'
    >>> Greeter.routes.answer(Greeter(), Request("GET", "/helo/Ada")).status
    404
    """

    def __init__(self) -> None:
        self._static: dict[tuple[str, str], Route] = {}
        self._dynamic: dict[tuple[str, int], list[tuple[re.Pattern[str], Route]]] = {}
        self.table: list[Route] = []
        """Every operation, in the order of the class body."""

    def __call__(self, method: str, template: str) -> Callable[[F], F]:
        """Declare that the decorated method answers ``method`` on ``template``; ``{holes}`` hold one segment each."""

        def declare(function: F) -> F:
            summary = (function.__doc__ or "").partition("\n")[0]
            self._add(Route(method, template, function.__name__, summary))
            return function

        return declare

    def mount(self, attribute: str, base: str, routes: Routes) -> None:
        """Declare that what the owner has as ``attribute`` answers its own operations, below ``base``."""
        for one in routes.table:
            self._add(Route(one.method, base + one.template, f"{attribute}.{one.name}", one.summary))

    def _add(self, route: Route) -> None:
        self.table.append(route)
        if "{" in route.template:
            pattern = re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(route.template)))
            self._dynamic.setdefault((route.method, route.template.count("/")), []).append((pattern, route))
        else:
            self._static[route.method, route.template] = route

    def find(self, request: Request) -> Route | None:
        """Return the operation that answers ``request``, its holes filled into ``request.params``."""
        path = request.path
        method = "GET" if request.method == "HEAD" else request.method
        if route := self._static.get((method, path)):
            return route
        for pattern, route in self._dynamic.get((method, path.count("/")), ()):
            if match := pattern.fullmatch(path):
                request.params = match.groupdict()
                return route
        return None

    def answer(self, owner: object, request: Request) -> Any:
        """Answer ``request`` by ``owner``'s method, or say what ``owner`` does answer.

        Returns:
            A :class:`Response`, or an awaitable of one where the method is a coroutine function.
        """
        if route := self.find(request):
            return route.of(owner)(request)
        return self.unknown(type(owner).__name__, request)

    def unknown(self, owner: str, request: Request) -> Response:
        """Return the answer to a request that nobody answers: 405 when another method would do, else 404."""
        path = request.path
        others = sorted({route.method for route in self.table if route.fits(path)})
        known = [str(route) for route in self.table]
        return Response.of(
            {
                "status": {
                    "code": 604 if not others else 405,
                    "message": f"{owner} does not answer {request.method} {path}.",
                    "detail": f"It answers {', '.join(others)} there."
                    if others
                    else nearest(f"{request.method} {path}", known),
                },
                "operations": known,
                "fix": f'Call one of these, or add it: decorate a method of {owner} with @routes("{request.method}", '
                f'"{path}").',
            },
            status=405 if others else 404,
            headers={"Allow": ", ".join(others)} if others else None,
        )
