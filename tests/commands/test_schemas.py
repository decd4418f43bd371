"""Every command with --json has a schema that it answers by; the schemas themselves are sound."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator

import click
import pytest

from tests.support.commands import COULD_NOT, DONE, SCHEMAS, call, schema, told
from tests.support.house import TestHouse
from tests.support.json_schema import complaints, keywords


def test_every_command_with_json_has_a_schema_and_no_schema_is_left_over() -> None:
    from tangthu.faces.cli.main import cli

    def walk(command: click.Command, name: str) -> Iterator[str]:
        if any("--json" in option.opts for option in command.params):
            yield name
        if isinstance(command, click.Group):
            context = click.Context(command)
            for inner in command.list_commands(context):
                found = command.get_command(context, inner)
                assert found is not None
                yield from walk(found, f"{name}-{inner}".strip("-"))

    assert {*walk(cli, ""), "error"} == {path.stem for path in SCHEMAS.glob("*.json")}


def test_a_schema_leaves_nothing_open_that_is_not_meant_to_be() -> None:
    for path in SCHEMAS.glob("*.json"):
        whole = schema(path.stem)
        assert whole["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        for one in keywords(whole):
            if one.get("type") == "object":
                assert "additionalProperties" in one, path.name
                assert set(one.get("required", [])) <= set(one.get("properties", {})), path.name


def test_a_document_that_breaks_its_schema_is_refused() -> None:
    good = {"objects": 1, "files": 2, "found": 1, "bad": [], "repaired": [], "unrepairable": [],
            "unchecked": []}  # fmt: skip
    assert complaints(good, schema("fixity")) == []
    for change in (
        {"objects": "1"}, {"objects": True}, {"files": -1}, {"bad": 1}, {"more": 1},
        {"bad": [{"package": "x"}]},
    ):  # fmt: skip
        assert complaints({**copy.deepcopy(good), **change}, schema("fixity")), change
    del good["found"]
    assert complaints(good, schema("fixity"))


def test_the_examples_of_the_documentation_fit_their_schemas() -> None:
    page = (SCHEMAS.parent / "README.md").read_text(encoding="utf-8")
    seen = set()
    for part in page.split("\n### ")[1:]:
        name = part.split("`")[1]
        example = part.split("```json\n")[1].split("```")[0]
        assert complaints(json.loads(example), schema(name)) == [], name
        seen.add(name)
    assert seen == {path.stem for path in SCHEMAS.glob("*.json")}


@pytest.mark.parametrize(
    "words",
    [("nope",), ("stores", "--nope"), ("ledger", "nope"), ("--as", "ai-do", "search", "x")],
)
def test_a_wrong_command_line_is_an_error_document(cast: TestHouse, words: tuple[str, ...]) -> None:
    told(call(cast, *words, "--json"), "error", COULD_NOT)


def test_after_two_dashes_json_is_only_a_word_to_search_for(cast: TestHouse) -> None:
    done = call(cast, "--as", "ai-do", "search", "--", "--json")
    assert (done.returncode, done.stdout) == (COULD_NOT, "")


def test_rules_answer_by_their_schema(shared_cast: TestHouse) -> None:
    words = ("rules", "--on", "2026-11-01", "--find", "register_answer", "--json")
    (one,) = told(call(shared_cast, *words), "rules", DONE)["rules"]
    assert one["key"] == "deadline.register_answer" and one["citation"] and one["to"] is None
    before = ("rules", "--on", "2019-01-01", "--json")
    assert told(call(shared_cast, *before), "rules", DONE)["rules"] == []
