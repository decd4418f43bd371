"""Schemathesis: whatever the OpenAPI document allows or forbids, the answers are those it tells."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.support.house import TestHouse
from tests.support.programs import BASE, Program, program
from tests.support.records import MadeDossier, make_dossier, sealed_package, signed_events
from tests.support.server import Server, serve

CHECKS = (
    not_a_server_error, status_code_conformance, content_type_conformance,
    response_schema_conformance,
)  # fmt: skip


@pytest.fixture(scope="module")
def made(shared_cast: TestHouse) -> MadeDossier:
    return make_dossier(shared_cast, documents=[{}, {"access_level": "02"}])


@pytest.fixture(scope="module")
def real(made: MadeDossier) -> dict[str, str]:
    """Ids by the name of their parameter."""
    return {
        "dossier_id": str(made.dossier.id),
        "document_id": str(made.documents[1].id),
        "file_id": str(made.files[0].id),
        "fonds_id": str(made.dossier.place.inventory.fonds_id),
        "body_id": str(made.dossier.body_id),
        "number": "1",
    }


@pytest.fixture(scope="module")
def site(shared_cast: TestHouse, made: MadeDossier) -> Iterator[Server]:
    """A site with a little in it, whose keys may ask as fast as they can."""
    sealed_package(shared_cast, made)
    signed_events()
    os.environ["TANGTHU_API_LIMITS"] = "*=1000000/1000000"
    try:
        with serve(shared_cast) as running:
            yield running
    finally:
        del os.environ["TANGTHU_API_LIMITS"]


@pytest.fixture(scope="module")
def asking(site: Server) -> Program:
    return program(site.house, "cuc")


@pytest.fixture(scope="module")
def told(site: Server) -> Any:
    return schemathesis.openapi.from_url(f"{site.url}{BASE}/openapi.json")


def explored(told: Any, asking: Program, real: dict[str, str], examples: int) -> list[str]:
    """Every operation with generated requests, good and bad; what was wrong with the answers."""
    wrong: list[str] = []
    statuses: Counter[int] = Counter()
    for found in told.get_all_operations():
        operation = found.ok()
        for mode in GenerationMode:

            @given(case=operation.as_strategy(generation_mode=mode))
            @settings(
                max_examples=examples, deadline=None, derandomize=True, database=None,
                phases=[Phase.generate], suppress_health_check=list(HealthCheck),
            )  # fmt: skip
            def ask(case: Any) -> None:
                # Things that exist, or nearly every answer would be that there is nothing.
                case.path_parameters = {
                    name: real.get(name, value)
                    for name, value in (case.path_parameters or {}).items()
                }
                case.headers = {**(case.headers or {}), **asking.headers}
                answer = case.call(timeout=20)
                statuses[answer.status_code] += 1
                case.validate_response(answer, checks=CHECKS)

            try:
                ask()
            except Unsatisfiable:
                continue  # nothing bad can be sent to an operation that takes nothing
            except (Exception, FailureGroup) as error:
                told_of = getattr(error, "exceptions", (error,))
                wrong += [f"{operation.label} {mode.value}: {one!s:.900}" for one in told_of]
    assert statuses.total() > 100 * examples, "hardly anything was asked"
    assert {200, 404, 422} <= set(statuses), statuses
    return wrong


def test_every_operation_answers_as_the_document_says(
    told: Any, asking: Program, real: dict[str, str]
) -> None:
    assert explored(told, asking, real, 2) == []


@pytest.mark.soak
def test_every_operation_answers_as_the_document_says_for_long(
    told: Any, asking: Program, real: dict[str, str]
) -> None:
    assert explored(told, asking, real, 40) == []
