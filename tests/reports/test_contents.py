"""Mục lục văn bản, tài liệu trong hồ sơ: the documents of one dossier, printed and taken out."""

from __future__ import annotations

import html
import re
import uuid

import openpyxl
import pytest
from django.db import connections

from tangthu.records.models import Document, Dossier, Use
from tangthu.reports import exporting, files, sources
from tests.office.conftest import SignIn
from tests.reports.test_exports import FORMATS, made
from tests.support.house import TestHouse
from tests.support.records import MadeDossier, make_dossier

CONTENTS = sources.CONTENTS


def rows_of(export: exporting.Export) -> list[list[str]]:
    """The lines of the list in a workbook, behind its headings."""
    page = openpyxl.load_workbook(files.file_of(export)).active
    rows = [["" if cell is None else str(cell) for cell in row] for row in page.values]
    start = next(n for n, row in enumerate(rows) if row[0] == "STT")
    return [row for row in rows[start:] if row[0].isdigit() or row[0] == "STT"]


def filed_also(one: Document, dossier: Dossier, ordinal: int) -> None:
    """The document lies in a further dossier too."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "INSERT INTO records_membership (dossier_id, document_id, ordinal) VALUES (%s, %s, %s)",
            [dossier.pk, one.pk, ordinal],
        )
        cursor.execute("SET session_replication_role = DEFAULT")


@pytest.fixture
def two(cast: TestHouse) -> tuple[MadeDossier, MadeDossier]:
    """Two dossiers, one of them with a document that only archivists may see."""
    first = make_dossier(
        cast, number="01",
        documents=[
            {"subject": "Đầu tiên", "note": "bản sao"},
            {"subject": "Thứ hai", "access_level": "02"}, {"subject": "Thứ ba"},
        ],
    )  # fmt: skip
    return first, make_dossier(cast, number="02", documents=[{"subject": "Của hồ sơ khác"}])


@pytest.mark.req("RM-661", "AR-27")
def test_the_contents_of_a_dossier_are_exported_in_its_order_and_in_the_columns_of_the_form(
    cast: TestHouse, two: tuple[MadeDossier, MadeDossier]
) -> None:
    export = made(cast, source=CONTENTS, format_="xlsx", dossier=str(two[0].dossier.pk))
    rows = rows_of(export)
    assert rows[0] == [
        "STT", "Số, ký hiệu", "Thời gian", "Tên loại", "Trích yếu", "Cơ quan ban hành",
        "Số lượng trang", "Ghi chú",
    ]  # fmt: skip
    assert [(row[0], row[4]) for row in rows[1:]] == [
        ("1", "Đầu tiên"), ("2", "Thứ hai"), ("3", "Thứ ba")
    ]  # fmt: skip
    assert rows[1][7] == "bản sao"
    page = openpyxl.load_workbook(files.file_of(export)).active
    head = " ".join(str(cell) for row in page.values for cell in row if cell)
    assert "Mục lục văn bản, tài liệu trong hồ sơ".upper() in head.upper()
    assert two[0].dossier.archive_file_code in head
    assert "2010" in head


def test_a_portion_at_a_time_gives_what_all_at_once_gives(
    cast: TestHouse, two: tuple[MadeDossier, MadeDossier]
) -> None:
    viewer = cast.acting("cuc").viewer
    wanted = sources.asked(viewer, CONTENTS, {"dossier": str(two[0].dossier.pk)})
    for size in (1, 2, 3, 50):
        found = [
            one.row.title
            for portion, _ in sources.portions(lambda: viewer, wanted, after=None, size=size)
            for one in portion
        ]
        assert found == ["Đầu tiên", "Thứ hai", "Thứ ba"]
    assert sources.count(viewer, wanted) == (3, False)


def test_who_may_not_see_a_document_does_not_find_it_in_the_contents(
    cast: TestHouse, sign_in: SignIn, two: tuple[MadeDossier, MadeDossier]
) -> None:
    rows = rows_of(
        made(cast, "hoa", source=CONTENTS, format_="xlsx", dossier=str(two[0].dossier.pk))
    )
    assert [row[4] for row in rows[1:]] == ["Đầu tiên", "Thứ ba"]
    address = f"/xuat/moi/?nguon={CONTENTS}&dossier={two[0].dossier.pk}"
    assert sign_in("nga").get(address).status_code == 404
    posted = {"nguon": CONTENTS, "dossier": str(two[0].dossier.pk)}
    assert sign_in("nga").post("/in/danh-sach/", posted).status_code == 404
    for nonsense in ("", "x", str(uuid.uuid4()), "\0", "'"):
        address = f"/xuat/moi/?nguon={CONTENTS}&dossier={nonsense}"
        assert sign_in("cuc").get(address).status_code == 404


def test_a_document_of_two_dossiers_stands_in_the_contents_of_both(
    cast: TestHouse, two: tuple[MadeDossier, MadeDossier]
) -> None:
    filed_also(two[0].documents[2], two[1].dossier, 2)
    for made_one, last in ((two[0], "Thứ ba"), (two[1], "Thứ ba")):
        export = made(cast, source=CONTENTS, format_="xlsx", dossier=str(made_one.dossier.pk))
        assert rows_of(export)[-1][4] == last


def test_the_page_of_a_dossier_offers_its_contents_to_print_and_to_take_out(
    cast: TestHouse, sign_in: SignIn, two: tuple[MadeDossier, MadeDossier]
) -> None:
    client = sign_in("cuc")
    page = client.get(f"/ho-so/{two[0].dossier.pk}/").content.decode()
    form = client.get("/xuat/moi/" + html.unescape(page.split('href="/xuat/moi/')[1].split('"')[0]))
    text = form.content.decode()
    assert "Mục lục văn bản, tài liệu trong hồ sơ" in text
    assert 'name="sort"' not in text
    assert "Lưu tìm kiếm này" not in page
    posted = dict(re.findall(r'<input type="hidden" name="(nguon|dossier)" value="([^"]*)"', page))
    printed = client.post("/in/danh-sach/", posted).content.decode()
    assert "Mục lục văn bản, tài liệu trong hồ sơ" in printed
    assert printed.index("Đầu tiên") < printed.index("Thứ hai") < printed.index("Thứ ba")
    assert f'href="/ho-so/{two[0].dossier.pk}/' in printed
    assert Use.objects.filter(kind=Use.Kind.LIST_PRINT).count() == 1


@pytest.mark.req("RM-661", "AR-27")
@pytest.mark.parametrize("format_", FORMATS)
def test_the_contents_can_be_downloaded_in_every_format(
    cast: TestHouse, sign_in: SignIn, two: tuple[MadeDossier, MadeDossier], format_: str
) -> None:
    export = made(cast, source=CONTENTS, format_=format_, dossier=str(two[0].dossier.pk))
    answer = sign_in("cuc").get(f"/xuat/{export.pk}/tep/")
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == files.file_of(export).read_bytes()
    name = f'"muc-luc-van-ban-[0-9]{{8}}-[0-9]{{4}}.{format_}"'
    assert re.search(name, answer["Content-Disposition"])


def test_every_list_that_can_be_taken_out_has_a_name_for_its_file() -> None:
    assert sources.FILE_NAMES.keys() == sources.TITLES.keys()
