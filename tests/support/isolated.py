"""An installation on an isolated LAN for tests: its database, marks, and people with clearance."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import psycopg

from tests.support.house import TestHouse, make_cast
from tests.support.records import MadeDossier, make_dossier

if TYPE_CHECKING:
    from tangthu.records.models import Document, Dossier

# Who is cleared for what; "hoa" and the second body's people are not cleared at all.
CLEARED = {"cuc": "3", "binh": "2", "nga": "3"}
SITE = "tangthu.faces.office.isolation.IsolatedSite"
DECISION = "05/QĐ-UBND ngày 01/03/2026"


@contextmanager
def isolated_house(house: TestHouse) -> Iterator[TestHouse]:
    """Work on a fresh isolated installation with the cast; the connected one is back after."""
    from django.conf import settings
    from django.test import override_settings

    from tangthu.kernel import deployment

    mark = deployment.home_mark(house.home)
    with house.clone("empty"):
        with psycopg.connect(house.url, autocommit=True) as owner:
            owner.execute("INSERT INTO kernel_deployment (mode) VALUES ('isolated_lan')")
        deployment.write_mark(mark, deployment.ISOLATED)
        try:
            with override_settings(
                DEPLOYMENT_MODE=deployment.ISOLATED,
                LEDGER_CLASSIFIED=True,
                MIDDLEWARE=[SITE, *settings.MIDDLEWARE],
            ):
                make_cast()
                for username, degree in CLEARED.items():
                    clear(house, username, degree)
                yield house
        finally:
            deployment.write_mark(mark, deployment.CONNECTED)


def clear(house: TestHouse, username: str, degree: str) -> None:
    """Clear a person of the cast up to a degree at his own body ("" ends it)."""
    from tangthu.identity.acting import SYSTEM
    from tangthu.identity.actions.grant_clearance import set_clearance
    from tangthu.identity.models import Person

    person = Person.objects.get(account__username=username)
    set_clearance(SYSTEM, person.pk, body_id=person.home_body_id, degree=degree, decision=DECISION)


def classify(house: TestHouse, record: Dossier | Document, degree: str) -> None:
    """Give a record a degree, as the archivist of its body does."""
    from tangthu.archive.actions.classify_record import classify_document, classify_dossier
    from tangthu.records.models import Dossier

    own = house.body("H30.81").id == record.body_id
    act: Any = classify_dossier if isinstance(record, Dossier) else classify_document
    act(house.acting("cuc" if own else "nga"), record.pk, degree=degree, basis="Danh mục, mục 2")


def secret_dossier(
    house: TestHouse, degree: str, *, number: str, token: str, dossier_too: bool = True
) -> MadeDossier:
    """A dossier whose title, documents and page texts hold the word `token`, of that degree."""
    made = make_dossier(
        house,
        number=number,
        title=f"Hồ sơ {token}" if dossier_too else "Hồ sơ chung",
        documents=[
            {"subject": f"Kế hoạch {token}", "note": token, "extra": {"Tên gọi": token}},
            {} if not dossier_too else {"subject": f"Phụ lục {token}"},
        ],
    )
    for document in made.documents if dossier_too else made.documents[:1]:
        classify(house, document, degree)
    if dossier_too:
        classify(house, made.dossier, degree)
    made.dossier.refresh_from_db()
    return made


def yesterday() -> dt.date:
    """The day before today."""
    from django.utils import timezone

    return timezone.localdate() - dt.timedelta(days=1)
