"""Rights on one record for programs: asked for, listed, confirmed by a person alone."""

from __future__ import annotations

import json
import uuid

from tangthu.identity.actions import change_rights
from tangthu.records import queries
from tests.support.house import TestHouse
from tests.support.programs import program
from tests.support.records import make_dossier


def test_a_program_asks_for_a_right_and_a_person_confirms_it(cast: TestHouse) -> None:
    made = make_dossier(cast, access="02")
    hoa = cast.acting("hoa").viewer.person_id
    given = {
        "right": "read.conditional", "scope_kind": "dossier", "scope": str(made.dossier.pk),
        "holder_kind": "person", "holder": str(hoa), "decision": "15/QĐ-CC",
    }  # fmt: skip
    asking, clerk = program(cast, "cuc"), program(cast, "hoa")
    assert clerk.ask("POST", "/grants", given).status_code == 404, "he may not know of it"
    assert program(cast, "nga").ask("POST", "/grants", given).status_code == 404
    narrow = program(cast, "cuc", ["read.public", "read.conditional"])
    assert narrow.ask("POST", "/grants", given).status_code == 403
    wrong = asking.ask("POST", "/grants", {**given, "right": "archive.seal", "decision": " "})
    assert wrong.status_code in (400, 422)
    assert b"right" in wrong.content and b"decision" in wrong.content
    answer = asking.ask("POST", "/grants", given)
    assert answer.status_code == 201, answer.content
    grant = json.loads(answer.content)
    assert (grant["state"], grant["scope"]) == ("waiting", str(made.dossier.pk))

    def seen() -> bool:
        return queries.dossiers(cast.acting("hoa").viewer).filter(pk=made.dossier.pk).exists()

    assert not seen()
    change_rights.confirm(cast.acting("binh"), "grant", uuid.UUID(grant["id"]))
    assert seen()

    (listed,) = asking.get("/grants")["items"]
    assert (listed["state"], listed["holder_name"]) == ("standing", "Người: Trần Thị Hoa")
    # Who administers reviews rights and reads nothing: the thing stays unnamed.
    (listed,) = program(cast, "dung").get("/grants")["items"]
    assert listed["scope"] is None
    assert clerk.ask("GET", "/grants").status_code == 404
    assert program(cast, "nga").get("/grants")["items"] == []
