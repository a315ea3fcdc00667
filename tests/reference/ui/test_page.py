"""The page's files: what there is, how browsers keep it, and what guards it."""

from __future__ import annotations

import re

import pytest

from cxmock.reference.services.ui.assets import PAGE, load
from tests.reference.ui.conftest import Browser


def test_a_browser_is_sent_to_the_page(stranger: Browser) -> None:
    assert stranger.send("GET", "").headers["location"] == "/ui/cxcontact/"
    page = stranger.send("GET", "/")
    assert page.content_type == "text/html"
    assert "<title>CX Contact" in page.text


def test_everything_that_the_page_loads_is_there(stranger: Browser) -> None:
    """Each script, style and picture that one of the page's files names, from the page on."""
    kinds = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
    seen: set[str] = set()
    named = re.findall(r'(?:href|src)="([\w./-]+\.\w+)"', stranger.send("GET", "/").text)
    while named:
        name = named.pop()
        if name in seen:
            continue
        seen.add(name)
        answer = stranger.send("GET", f"/{name}")
        assert (name, answer.status, answer.content_type) == (name, 200, kinds[name.rpartition(".")[2]])
        folder = name.rpartition("/")[0]
        for other in re.findall(r'from "(\.[\w./-]+)"', answer.text):
            parent, rest = (folder, other[2:]) if other.startswith("./") else ("", other[3:])
            named.append(f"{parent}/{rest}".lstrip("/"))
    assert seen == set(load()) - {"index.html"}


def test_nothing_but_the_page_can_be_read(stranger: Browser) -> None:
    for name in (
        "/ui.py",
        "/..%2fui.py",
        "/%2e%2e/ui.py",
        "/page",
        "/screens",
        "/screens/..%2findex.html",
        "/x/y",
        "x",
    ):
        answer = stranger.send("GET", name)
        assert (name, answer.status) == (name, 404)


@pytest.mark.parametrize("path", ["/", "/app.js", "/page.css", "/nothing.js", "/api/session", "/api/vocabulary"])
def test_every_answer_is_guarded(stranger: Browser, path: str) -> None:
    """A policy without exceptions: nothing inline, nothing from elsewhere, nobody's frame; also where it is refused."""
    headers = stranger.send("GET", path).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_a_browser_keeps_a_file_until_it_is_another_one(stranger: Browser) -> None:
    first = stranger.send("GET", "/app.js")
    assert first.headers["cache-control"] == "no-cache"
    tag = first.headers["etag"]

    for known in (tag, f"W/{tag}", f'"other", {tag}'):
        again = stranger.send("GET", "/app.js", headers={"If-None-Match": known})
        assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
    assert stranger.send("GET", "/app.js", headers={"If-None-Match": '"other"'}).status == 200
    assert stranger.send("GET", "/page.css").headers["etag"] != tag


def test_what_the_back_ends_tell_is_not_kept(browser: Browser) -> None:
    assert browser.send("GET", "/api/contact-lists").headers["cache-control"] == "no-store"


def test_the_head_of_the_page_can_be_asked_for(stranger: Browser) -> None:
    answer = stranger.send("HEAD", "/")
    assert (answer.status, answer.body) == (200, b"")


def test_the_page_has_nothing_inline_and_parses_no_data_as_markup() -> None:
    """What the policy would refuse, and what would make data into elements."""
    pages = {name: (PAGE / name).read_text() for name in load()}
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|https?://", pages["index.html"])
    for name, text in pages.items():
        if name.endswith(".js"):
            found = re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|DOMParser|srcdoc", text)
            assert (name, found) == (name, [])


def test_each_screen_that_changes_something_asks_who_may() -> None:
    """What a reader is offered in the end is looked at in Chromium; here no screen is forgotten."""
    changes = re.compile(r"\b(?:post|put|remove|upload)\(")
    screens = {name: (PAGE / name).read_text() for name in load() if name.startswith("screens/")}
    changing = {name for name, text in screens.items() if changes.search(text)}

    assert {
        name for name in changing if not re.search(r"changing\(\(\) =>|if \(mayOnlyRead\(\)\) return", screens[name])
    } == set()
    assert len(changing) == 8
