"""Every address of the house, for every thing that it can name: what the matrix of rights asks."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from tests.office.test_rights import PLAIN, routes
from tests.support import policy
from tests.support.everything import WORD
from tests.support.policy import Thing

OF_RECORDS = {"dossier_id", "document_id", "file_id", "scope"}
OF_PACKAGES = {"package_id", "dip_id"}
# What a page is of, where its address alone does not say.
QUERIES = {
    "reports:view-new": "?nguon=documents", "reports:export-new": "?nguon=documents",
    "search": f"?q={WORD}", "imports:edit": "?doi-tuong=row:2", "remove_decisions": "?target=x",
}  # fmt: skip
# The thing that an operation is sent.
SENT = {"order_dip": "dossier_id", "open_fonds": "body_id", "import_folder": "fonds_id",
        "ask_grant": "scope", "make_freeze": "dossier_id"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ask:
    """One address to ask, of a thing in a state; `absent` is the same for what is not there.

    Whom `known` lets in may know that the thing is there, though `rule` keep him from this.
    """

    route: str
    method: str
    rule: str
    known: str
    parameters: tuple[str, ...]
    thing: Thing | None
    address: str
    absent: str
    document: Any = None
    absent_document: Any = None


def named(
    route: str, parameters: tuple[str, ...], things: list[Thing], more: Mapping[str, object]
) -> list[Thing | None]:
    """The things for which a route is asked; None alone for one that names no thing."""
    if not set(parameters) - set(PLAIN) - {"slug"}:
        return [None]
    fitting = [
        one
        for one in things
        if set(parameters) & OF_RECORDS or "package_id" in one.ids
        if set(parameters) - set(PLAIN) <= set(one.ids)
    ]
    if set(parameters) & (OF_RECORDS | OF_PACKAGES) - {"scope"} or "scope" in parameters:
        assert fitting, f"no thing has what {route} names: {parameters}"
        return list(fitting)
    every = {**things[0].ids, **more}
    held = next(one for one in things if "withheld_id" in one.ids)
    return [Thing("one", {**every, "withheld_id": held.ids["withheld_id"]})]


def pages(
    things: list[Thing], more: Mapping[str, object], own_jobs: Mapping[str, Any]
) -> Iterator[Ask]:
    """Every page, by every method that it takes."""
    told = policy.text()["pages"]
    found = {route.name: route for route in routes()}
    assert set(told) == set(found), "docs/routes.toml and the routes of the house differ"
    for name, route in found.items():
        rules = policy.rules(told[name])
        for method, rule in rules.items():
            for thing in named(name, route.parameters, things, more):
                ids = {**more, **(thing.ids if thing else {})}
                if name in own_jobs:
                    ids["job_id"] = own_jobs[name]
                real = {p: ids.get(p) or PLAIN[p] for p in route.parameters}
                gone = {p: PLAIN.get(p) or policy.absent(real[p]) for p in route.parameters}
                query = QUERIES.get(name, "")
                yield Ask(
                    name, method, rule, rules.get("get", rule), route.parameters, thing,
                    reverse(name, kwargs=real) + query, reverse(name, kwargs=gone) + query,
                )  # fmt: skip


def operations(
    things: list[Thing], more: Mapping[str, object], own_jobs: Mapping[str, Any]
) -> Iterator[Ask]:
    """Every operation of the programming interface, with a body that it takes."""
    from tangthu.faces.api.documents import document

    told = dict(policy.text()["operations"])
    found = document()["paths"]
    names = {one["operationId"] for methods in found.values() for one in methods.values()}
    assert set(told) - {"openapi", "problem_type"} == names, "operations differ"
    for path, methods in found.items():
        for method, one in methods.items():
            name = one["operationId"]
            query = QUERIES.get(name, "")
            parameters = tuple(p["name"] for p in one.get("parameters", []) if p["in"] == "path")
            if name in SENT:
                parameters = (SENT[name],)
            for thing in named(name, parameters, things, more):
                ids = {**more, **(thing.ids if thing else things[0].ids)}
                if name in own_jobs:
                    ids["job_id"] = own_jobs[name]
                real = {p: ids.get(p) or PLAIN[p] for p in parameters}
                gone = {p: PLAIN.get(p) or policy.absent(real[p]) for p in parameters}
                yield Ask(
                    name, method, told[name], known_by(parameters, told), parameters, thing,
                    path.format(**real) + query, path.format(**gone) + query,
                    body_of(name, one, ids), body_of(name, one, {**ids, **gone}),
                )  # fmt: skip


def known_by(parameters: tuple[str, ...], told: Mapping[str, str]) -> str:
    """By which rule a thing is known to be there: a record or fonds, a body, or a change that
    waits."""
    if set(parameters) & {*OF_RECORDS, "fonds_id"}:
        return "see"
    if parameters == ("edit_id",):
        return told["read_edit"]
    return "member" if parameters == ("body_id",) else "nobody"


def body_of(name: str, operation: Any, ids: Mapping[str, object]) -> Any:
    """What to send: the example of the OpenAPI document, naming things that there are."""
    sent = operation.get("requestBody")
    if not sent or "application/json" not in sent["content"]:
        return None
    given = json.loads(json.dumps(sent["content"]["application/json"]["example"]))
    given.pop("shared_with", None)
    real = {
        "body": "body_id", "fonds": "fonds_id", "dossier": "dossier_id", "scope": "scope",
        "holder": "person_id",
    }  # fmt: skip
    given |= {key: str(ids[real[key]]) for key in set(given) & set(real)}
    if name == "seal":
        given["state"] = "x"
    if name == "choose_list":
        given["path"] = ""  # the list in use goes on counting
    if "documents" in given:
        given |= {"documents": [], "dossier": str(ids["dossier_id"])}
    if "things" in given:
        given["things"] = [{"kind": "dossier", "id": str(ids["dossier_id"])}]
    if "agency_code" in given:
        given["agency_code"] = "H30.81"
    if "decisions" in given:
        given["decisions"][0]["target"] = "x"
    if "folder" in given:
        given["folder"] = "khong-co"
    return given
