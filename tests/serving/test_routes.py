"""Operations are a table; what nobody answers is answered with what somebody does."""

from __future__ import annotations

from cxmock.serving import Routes
from cxmock.wire.http import Request, Response


class Door:
    """Answers a little."""

    routes = Routes()

    @routes("GET", "/doors")
    def list_doors(self, request: Request) -> Response:
        """List the doors."""
        return Response.of(["front"])

    @routes("GET", "/doors/{name}")
    def show(self, request: Request) -> Response:
        """Show one door."""
        return Response.of(request.params)

    @routes("POST", "/doors/{name}/locks/{lock}")
    def lock(self, request: Request) -> Response:
        """Lock it."""
        return Response.of(request.params, 201)


def ask(method: str, target: str) -> Response:
    answer: Response = Door.routes.answer(Door(), Request(method, target))
    return answer


def test_a_static_path_and_one_with_holes_are_found() -> None:
    assert ask("GET", "/doors").json() == ["front"]
    assert ask("GET", "/doors/front").json() == {"name": "front"}
    assert ask("POST", "/doors/front/locks/2").json() == {"name": "front", "lock": "2"}


def test_a_hole_holds_one_segment_decoded() -> None:
    assert ask("GET", "/doors/b%20c?x=1").json() == {"name": "b c"}
    assert ask("GET", "/doors/a/b").status == 404


def test_head_is_answered_as_get() -> None:
    assert ask("HEAD", "/doors").status == 200


def test_another_method_is_405_and_says_which_would_do() -> None:
    answer = ask("DELETE", "/doors")

    assert answer.status == 405
    assert answer.json()["status"]["detail"] == "It answers GET there."


def test_an_unknown_path_is_told_the_nearest_operation_and_how_to_add_one() -> None:
    answer = ask("GET", "/dors")

    assert answer.status == 404
    told = answer.json()
    assert told["status"]["message"] == "Door does not answer GET /dors."
    assert told["status"]["detail"] == 'Did you mean "GET /doors"?'
    assert '@routes("GET", "/dors")' in told["fix"]
    assert "POST /doors/{name}/locks/{lock}" in told["operations"]


def test_the_table_tells_each_operation_with_its_summary() -> None:
    assert next((str(route), route.summary) for route in Door.routes.table) == ("GET /doors", "List the doors.")
