"""The OpenAPI document is whole, in both languages, and the reference page shows all of it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from tangthu.faces.api.documents import document
from tests.support.house import PASSWORD, TestHouse

ACCENTED = re.compile("[ạảãàáâậầấẩẫăắằặẳẵóòọõỏôộổỗồốơờớợởỡéèẻẹẽêếềệểễúùụủũưựữửừứíìịỉĩýỳỷỵỹđ]")


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    with translation.override("vi"):
        return document()


def operations(told: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, one)
        for path, methods in told["paths"].items()
        for method, one in methods.items()
    ]


def test_every_operation_has_summary_examples_and_problems(told: dict[str, Any]) -> None:
    assert len(operations(told)) > 60
    for method, path, one in operations(told):
        where = f"{method} {path}"
        assert one["summary"] and one["tags"], where
        for parameter in one["parameters"]:
            assert "example" in parameter, (where, parameter)
        for media in one.get("requestBody", {}).get("content", {}).values():
            assert "example" in media, where
        for status, answer in one["responses"].items():
            if status < "300":
                assert all("example" in media for media in answer.get("content", {}).values())
        for status in ("400", "401", "404", "422", "429", "500"):
            reference = one["responses"][status]["$ref"]
            name = reference.rpartition("/")[2]
            assert "application/problem+json" in told["components"]["responses"][name]["content"]


def test_names_of_operations_are_each_used_once(told: dict[str, Any]) -> None:
    names = [one["operationId"] for _method, _path, one in operations(told)]
    assert len(names) == len(set(names))


def test_every_change_may_be_named(told: dict[str, Any]) -> None:
    for method, path, one in operations(told):
        names = {parameter["name"] for parameter in one["parameters"]}
        assert ("Idempotency-Key" in names) == (method != "get"), path


def test_every_summary_has_its_english(told: dict[str, Any]) -> None:
    with translation.override("en"):
        english = document()
    for (method, path, vi), (_method, _path, en) in zip(
        operations(told), operations(english), strict=True
    ):
        assert vi["summary"] != en["summary"], (method, path)
        assert not ACCENTED.search(en["summary"].lower()), en["summary"]


def test_the_reference_page_shows_every_operation(
    shared_cast: TestHouse, told: dict[str, Any]
) -> None:
    client = Client()
    client.post("/dang-nhap/", {"username": "hoa", "password": PASSWORD})
    page = client.get("/khoa-api/tai-lieu/").content.decode()
    for _method, path, _one in operations(told):
        assert path in page
