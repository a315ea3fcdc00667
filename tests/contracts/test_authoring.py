"""Writing contracts: what is said in Python stands in the Pact file, always in the same bytes."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from cxmock.contracts import authoring
from cxmock.contracts.authoring import (
    Answer,
    Ask,
    Evidence,
    Row,
    Term,
    assumed,
    documented,
    from_state,
    given,
    like,
    stated,
    unseen,
    writing,
)
from cxmock.contracts.authoring.__main__ import main
from cxmock.contracts.authoring.writing import canonical
from cxmock.errors.contracts import ContractsDiffer, DuplicateInteraction, NoEvidence, NotExpressible
from cxmock.topology import Component

GOLDEN = """\
{
  "consumer": {
    "name": "ui"
  },
  "interactions": [
    {
      "comments": {
        "cxmock": {
          "evidence": "D",
          "provider": "list-builder",
          "source": "the guide, page 3"
        }
      },
      "description": "a list is imported",
      "key": "e4b8251358b7234a",
      "pending": false,
      "providerStates": [
        {
          "name": "list {name} is empty",
          "params": {
            "name": "Frühling"
          }
        }
      ],
      "request": {
        "body": {
          "content": {
            "rows": [
              1
            ]
          },
          "contentType": "application/json",
          "encoded": false
        },
        "generators": {
          "header": {
            "Cookie": {
              "dataType": "STRING",
              "expression": "session=${session}",
              "type": "ProviderState"
            }
          },
          "path": {
            "dataType": "STRING",
            "expression": "/lists/${id}",
            "type": "ProviderState"
          }
        },
        "headers": {
          "Content-Type": [
            "application/json"
          ],
          "Cookie": [
            "session=1"
          ]
        },
        "matchingRules": {
          "body": {
            "$.rows": {
              "combine": "AND",
              "matchers": [
                {
                  "match": "type",
                  "min": 1
                }
              ]
            },
            "$.rows[*]": {
              "combine": "AND",
              "matchers": [
                {
                  "match": "integer"
                }
              ]
            }
          },
          "header": {
            "Cookie": {
              "combine": "AND",
              "matchers": [
                {
                  "match": "regex",
                  "regex": "^session=.+$"
                }
              ]
            }
          },
          "path": {
            "combine": "AND",
            "matchers": [
              {
                "match": "regex",
                "regex": "^/lists/[^/]+$"
              }
            ]
          }
        },
        "method": "POST",
        "path": "/lists/7",
        "query": {
          "tag": [
            "a",
            "b"
          ]
        }
      },
      "response": {
        "body": {
          "content": {
            "count": 1,
            "note": "none"
          },
          "contentType": "application/json",
          "encoded": false
        },
        "headers": {
          "Content-Type": [
            "application/json"
          ]
        },
        "matchingRules": {
          "body": {
            "$.note": {
              "combine": "OR",
              "matchers": [
                {
                  "match": "null"
                },
                {
                  "match": "type"
                }
              ]
            }
          }
        },
        "status": 201
      },
      "type": "Synchronous/HTTP"
    }
  ],
  "metadata": {
    "cxmock": {
      "connection": 4
    },
    "pactSpecification": {
      "version": "4.0"
    }
  },
  "provider": {
    "name": "contact-backend"
  }
}
"""

GUIDE = documented("the guide, page 3")


def test_what_is_said_in_python_stands_in_the_file() -> None:
    row = Row(4)
    row.http(
        "a list is imported",
        GUIDE,
        Ask(
            "POST",
            from_state("/lists/${id}", "/lists/7"),
            query={"tag": ["a", "b"]},
            headers={"Cookie": from_state("session=${session}", "session=1")},
            json={"rows": authoring.each_like(authoring.integer(1))},
        ),
        Answer(201, json={"count": 1, "note": authoring.null_or("none")}),
        states=[given("list {name} is empty", name="Frühling")],
        provider=Component.LIST_BUILDER,
    )

    assert canonical(row.document()) == GOLDEN


def test_the_order_of_writing_does_not_matter() -> None:
    def text(names: list[str]) -> str:
        row = Row(11)
        for name in names:
            row.http(name, GUIDE, Ask("GET", "/ping"), Answer(200))
        return canonical(row.document())

    names = ["a ping", "b ping", "c ping"]

    assert text(names) == text(random.Random(3).sample(names, 3)) == text(names[::-1])


def body_of(example: Any) -> tuple[Any, dict[str, Any]]:
    row = Row(11)
    row.http("x", GUIDE, Ask("GET", "/x"), Answer(200, json=example))
    [one] = row.document()["interactions"]
    rules = one["response"].get("matchingRules", {}).get("body", {})
    return one["response"]["body"]["content"], {path: rule["matchers"] for path, rule in rules.items()}


@pytest.mark.parametrize(
    ("term", "example", "rules"),
    [
        (like({"a": [1]}), {"a": [1]}, {"$": [{"match": "type"}]}),
        ({"a": authoring.equal("x")}, {"a": "x"}, {"$.a": [{"match": "equality"}]}),
        ([authoring.decimal(1.5)], [1.5], {"$[0]": [{"match": "decimal"}]}),
        ({"b c": authoring.boolean(True)}, {"b c": True}, {"$['b c']": [{"match": "boolean"}]}),
        (authoring.regex("a|b", "a"), "a", {"$": [{"match": "regex", "regex": "^(?:a|b)$"}]}),
        (authoring.includes("b", "abc"), "abc", {"$": [{"match": "include", "value": "b"}]}),
        (
            authoring.each_like({"id": authoring.integer(1)}, min=0, max=3, shown=2),
            [{"id": 1}, {"id": 1}],
            {"$": [{"match": "type", "min": 0, "max": 3}], "$[*].id": [{"match": "integer"}]},
        ),
        (
            authoring.keyed({"a b": {"n": authoring.integer(1)}}),
            {"a b": {"n": 1}},
            {"$": [{"match": "values"}], "$.*.n": [{"match": "integer"}]},
        ),
        (
            authoring.at_least("a", authoring.integer(1)),
            ["a", 1],
            {"$": [{"match": "type", "min": 2}], "$[1]": [{"match": "integer"}]},
        ),
        (
            authoring.null_or(authoring.uuid()),
            authoring.uuid().example,
            {"$": [{"match": "null"}, *authoring.uuid().matchers]},
        ),
    ],
)
def test_matchers_go_where_their_examples_stand(term: Any, example: Any, rules: dict[str, Any]) -> None:
    assert body_of(term) == (example, rules)


def seen_of(request: Any, observed: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a promise about a file as the file has it, and what it says of journals."""
    row = Row(2)
    row.operation("a file is read", GUIDE, "sftp", request, observed)
    [one] = row.document()["interactions"]
    return one, one["comments"]["cxmock"].get("seen", {})


def test_what_follows_from_a_state_is_exact_for_providers_and_of_its_type_for_journals() -> None:
    one, seen = seen_of({"op": "read"}, {"size": stated(5), "text": stated("a,b\n1", authoring.regex(".*", ""))})

    assert one["response"] == [{"contents": contents({"size": 5, "text": "a,b\n1"})}]
    assert seen == {
        "response": [
            {
                "contents": contents({"size": 5, "text": ""}),
                "matchingRules": {
                    "body": {
                        "$.size": {"combine": "AND", "matchers": [{"match": "type"}]},
                        "$.text": {"combine": "AND", "matchers": [{"match": "regex", "regex": "^(?:.*)$"}]},
                    }
                },
            }
        ]
    }


def test_what_journals_do_not_keep_is_left_out_of_what_they_are_held_against() -> None:
    asked = {"op": "login", "password": unseen(from_state("${password}", "x"))}
    one, seen = seen_of(asked, {"names": [unseen("a")], "kind": like("file"), "text": unseen("a,b")})

    assert one["request"]["contents"]["content"] == {"op": "login", "password": "x"}
    assert "$.password" in one["request"]["generators"]["body"]
    assert seen["request"] == {"contents": contents({"op": "login"})}
    assert seen["response"][0]["contents"] == contents({"names": [], "kind": "file"})


def test_nothing_is_said_of_journals_that_have_the_same() -> None:
    assert seen_of({"op": "read"}, {"size": like(5)})[1] == {}


def test_a_promise_comes_after_one_that_there_is() -> None:
    row = Row(11)
    row.http("a loan is ended", GUIDE, Ask("GET", "/x"), Answer(200), after=["a book is lent"])

    with pytest.raises(NotExpressible) as raised:
        row.document()
    row.http("a book is lent", GUIDE, Ask("GET", "/y"), Answer(200))

    assert 'there is no promise "a book is lent"' in str(raised.value)
    assert row.document()["interactions"][1]["comments"]["cxmock"]["after"] == ["a book is lent"]


def contents(content: Any) -> dict[str, Any]:
    return {"content": content, "contentType": "application/json", "encoded": False}


def test_a_second_promise_of_the_same_description_is_refused() -> None:
    row = Row(11)
    row.http("a ping", GUIDE, Ask("GET", "/ping"), Answer(200))

    with pytest.raises(DuplicateInteraction) as raised:
        row.http("a ping", GUIDE, Ask("GET", "/other"), Answer(200))

    assert 'two interactions with the description "a ping"' in str(raised.value)


@pytest.mark.parametrize("evidence", [Evidence("X", "a page"), assumed(" ")])
def test_a_promise_without_evidence_is_refused(evidence: Evidence) -> None:
    with pytest.raises(NoEvidence) as raised:
        Row(11).http("a ping", evidence, Ask("GET", "/ping"), Answer(200))

    assert 'Use documented("..."), observed("...") or assumed("...").' in str(raised.value)


def test_a_transport_of_another_row_is_refused() -> None:
    with pytest.raises(NotExpressible) as raised:
        Row(5).operation("a file", GUIDE, "sftp", {"op": "read"}, {"size": 1})

    assert 'connection 5 has no transport "sftp"' in str(raised.value)


def test_a_state_value_in_what_an_operation_answers_is_refused() -> None:
    """Pact's engine would compare with the example, and the promise would break for no reason."""
    with pytest.raises(NotExpressible) as raised:
        Row(5).operation("a key", GUIDE, "redis", {"argv": ["GET", "k"]}, {"value": from_state("${v}", "1")})

    assert "$.value" in str(raised.value)
    assert "Promise its shape" in str(raised.value)


def test_a_list_without_an_element_to_show_is_refused() -> None:
    with pytest.raises(NotExpressible) as raised:
        body_of(Term([], ({"match": "type"},), repeated=True))

    assert "there is no element to show" in str(raised.value)


@pytest.fixture
def two_rows(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    rows = {"01-a-b.json": "{}\n", "02-c-d.json": "{}\n"}
    monkeypatch.setattr(writing, "authored", lambda: iter(rows.items()))
    return rows


def test_files_are_written_once(tmp_path: Path, two_rows: dict[str, str]) -> None:
    assert writing.write(tmp_path) == list(two_rows)
    assert writing.write(tmp_path) == []
    assert writing.check(tmp_path) == 2


def test_files_that_differ_are_named(tmp_path: Path, two_rows: dict[str, str]) -> None:
    writing.write(tmp_path)
    (tmp_path / "01-a-b.json").write_text("{ }\n")
    (tmp_path / "02-c-d.json").unlink()
    (tmp_path / "99-old.json").write_text("{}")

    with pytest.raises(ContractsDiffer) as raised:
        writing.check(tmp_path)

    assert raised.value.what == (
        "3 contract files are not as authored: "
        "01-a-b.json is outdated, 02-c-d.json is missing, 99-old.json is authored by nobody."
    )


def test_the_command_writes_and_compares(
    tmp_path: Path, two_rows: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--check", str(tmp_path)]) == 1
    assert main([str(tmp_path)]) == 0
    assert main(["--check", str(tmp_path)]) == 0

    said = capsys.readouterr()
    assert "python -m cxmock.contracts.authoring" in said.err
    assert "2 contracts, all as authored" in said.out


def test_the_command_says_what_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A mistake in a row is no difference between files: exit code 2."""
    monkeypatch.setattr(writing, "authored", lambda: body_of(Term([], repeated=True)))

    assert main([str(tmp_path)]) == 2
    assert "there is no element to show" in capsys.readouterr().err
