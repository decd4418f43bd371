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
from tests.reports.exporting import FORMATS, made, text_of
from tests.support.house import TestHouse
from tests.support.records import MadeDossier, make_dossier

CONTENTS = sources.CONTENTS


def rows_of(export: exporting.Export) -> list[list[str]]:
    """The lines of the list in a workbook, behind its headings."""
    page = openpyxl.load_workbook(files.file_of(export)).active
    rows = [["" if cell is None else str(cell) for cell in row] for row in page.values]
    start = next(n for n, row in enumerate(rows) if row[0] == "STT")
    return [row for row in rows[start:] if row[0].isdigit() or row[0] == "STT"]


def subjects(rows: list[list[str]]) -> list[str]:
    """The titles of the lines, without the names of their types."""
    return [row[3].removeprefix("Quyết định: ") for row in rows[1:]]


def told_of(export: exporting.Export) -> list[uuid.UUID]:
    """The records of which a file says that it tells."""
    return [one for found in files.told_of(export) for ids in found.values() for one in ids]


def as_owner(sql: str, *values: object) -> None:
    """Change rows as only who broke into the database could."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(sql, values)
        cursor.execute("SET session_replication_role = DEFAULT")


def filed_also(one: Document, dossier: Dossier, ordinal: int) -> None:
    """The document lies in a further dossier too."""
    as_owner(
        "INSERT INTO records_membership (dossier_id, document_id, ordinal) VALUES (%s, %s, %s)",
        dossier.pk, one.pk, ordinal,
    )  # fmt: skip


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
        "STT", "Số, ký hiệu", "Ngày tháng năm", "Tên loại và trích yếu nội dung",
        "Tác giả văn bản", "Số lượng trang", "Ghi chú",
    ]  # fmt: skip
    assert rows[1] == [
        "1", "1/QĐ-CCATVSTP", "04/02/2010", "Quyết định: Đầu tiên",
        "Chi cục An toàn vệ sinh thực phẩm", "1", "bản sao",
    ]  # fmt: skip
    assert subjects(rows) == ["Đầu tiên", "Thứ hai", "Thứ ba"]
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
    assert subjects(rows) == ["Đầu tiên", "Thứ ba"]
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
        assert subjects(rows_of(export))[-1] == last


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
    assert "In mục lục văn bản, tài liệu" in page
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
    name = f'"muc-luc-van-ban-[0-9A-Z.]+-[0-9]{{8}}-[0-9]{{4}}.{format_}"'
    assert re.search(name, answer["Content-Disposition"])


def test_every_list_that_can_be_taken_out_has_a_name_for_its_file() -> None:
    assert sources.FILE_NAMES.keys() == sources.TITLES.keys()


def test_the_contents_miss_no_document_that_has_no_entry_in_the_index(cast: TestHouse) -> None:
    one = make_dossier(cast, documents=[{"subject": f"Việc {n}"} for n in range(1, 7)])
    as_owner("DELETE FROM discovery_entry WHERE obj = %s", one.documents[1].pk)
    viewer = cast.acting("cuc").viewer
    wanted = sources.asked(viewer, CONTENTS, {"dossier": str(one.dossier.pk)})
    for size in (1, 2, 3, 4, 50):
        found = [
            line.row.title
            for portion, _ in sources.portions(lambda: viewer, wanted, after=None, size=size)
            for line in portion
        ]
        assert found == [f"Việc {n}" for n in range(1, 7)], size


def test_no_line_is_told_of_a_document_that_is_closed_between_the_reads(
    cast: TestHouse, two: tuple[MadeDossier, MadeDossier], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A portion whose documents are all closed meanwhile is no end of the list."""
    from tangthu.archive.actions.withhold_document import withhold_document
    from tangthu.records import queries as records

    levels = records.effective_levels

    def closed_first(found: list[Document]) -> dict[uuid.UUID, str]:
        if found[0].pk == two[0].documents[1].pk:
            withhold_document(cast.acting("cuc"), found[0].pk)
        return levels(found)

    monkeypatch.setattr(records, "effective_levels", closed_first)
    viewer = cast.acting("cuc").viewer
    wanted = sources.asked(viewer, CONTENTS, {"dossier": str(two[0].dossier.pk)})
    found = [
        line.row.title
        for portion, _ in sources.portions(lambda: viewer, wanted, after=None, size=1)
        for line in portion
    ]
    assert found == ["Đầu tiên", "Thứ ba"]


@pytest.mark.req("RM-415")
def test_lines_bear_the_numbers_of_the_dossier_unless_a_gap_would_tell_of_something(
    cast: TestHouse, sign_in: SignIn, two: tuple[MadeDossier, MadeDossier]
) -> None:
    dossier = two[0].dossier
    as_owner("UPDATE records_membership SET ordinal = 7 WHERE dossier_id = %s AND ordinal = 3",
             dossier.pk)  # fmt: skip
    posted = {"nguon": CONTENTS, "dossier": str(dossier.pk)}
    for name, numbers, cut in (("cuc", ["1", "2", "7"], False), ("hoa", ["1", "2"], True)):
        export = made(cast, name, source=CONTENTS, format_="xlsx", dossier=str(dossier.pk))
        assert [row[0] for row in rows_of(export)[1:]] == numbers
        printed = sign_in(name).post("/in/danh-sach/", posted).content.decode()
        assert re.findall(r'<td class="k-number">(\d+)</td><td class="k-code">', printed) == numbers
        assert ("văn bản, tài liệu mà người lập được xem" in printed) is cut
        assert ("văn bản, tài liệu mà người lập được xem" in text_of(export)) is cut
    # Where nothing is kept from her, the officer has the true numbers too, and is told the same.
    as_owner("UPDATE records_membership SET ordinal = 5 WHERE dossier_id = %s", two[1].dossier.pk)
    export = made(cast, "hoa", source=CONTENTS, format_="xlsx", dossier=str(two[1].dossier.pk))
    assert [row[0] for row in rows_of(export)[1:]] == ["5"]
    assert "văn bản, tài liệu mà người lập được xem" in text_of(export)


def test_a_type_is_not_said_twice_and_a_document_without_a_number_has_none(
    cast: TestHouse,
) -> None:
    one = make_dossier(cast, documents=[
        {"subject": "QUYẾT ĐỊNH thành lập", "number": "", "symbol": ""}, {"record_type": ""},
    ])  # fmt: skip
    rows = rows_of(made(cast, source=CONTENTS, format_="xlsx", dossier=str(one.dossier.pk)))
    assert rows[1][1] == ""
    assert rows[1][3] == "QUYẾT ĐỊNH thành lập"
    assert rows[2][3] == "Về việc thanh lý tài sản, lần 2"


@pytest.mark.req("RM-415")
@pytest.mark.parametrize("chosen", ["", "?cot=ordinal,subject,date", "?cot=subject"])
def test_the_form_keeps_its_columns_whatever_the_screen_shows(
    cast: TestHouse, sign_in: SignIn, two: tuple[MadeDossier, MadeDossier], chosen: str
) -> None:
    client = sign_in("cuc")
    page = client.get(f"/ho-so/{two[0].dossier.pk}/{chosen}").content.decode()
    menu = page.split('action="/in/danh-sach/"')[1].split("</form>")[0]
    posted = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', menu))
    printed = client.post("/in/danh-sach/", posted).content.decode()
    assert re.findall(r'<th scope="col">([^<]*)</th>', printed) == [
        "STT", "Số, ký hiệu", "Ngày tháng năm", "Tên loại và trích yếu nội dung",
        "Tác giả văn bản", "Số lượng trang", "Ghi chú",
    ]  # fmt: skip
    address = html.unescape(page.split('href="/xuat/moi/')[1].split('"')[0])
    form = " ".join(client.get("/xuat/moi/" + address).content.decode().split())
    form = re.sub(r' id="[^"]*"', "", form)
    assert re.findall(r'name="columns" value="([^"]*)" checked', form) == [
        "code", "date", "title", "issuer", "page_count", "note",
    ]  # fmt: skip
    assert 'value="keywords"' in form


def test_further_columns_of_the_contents_can_be_chosen_and_stay_chosen(
    cast: TestHouse, sign_in: SignIn, two: tuple[MadeDossier, MadeDossier]
) -> None:
    columns = ["title", "record_archive_code", "box"]
    export = made(
        cast, source=CONTENTS, format_="xlsx", columns=columns, dossier=str(two[0].dossier.pk)
    )
    rows = rows_of(export)
    assert len(rows[0]) == 4
    assert rows[2][2:] == [two[0].documents[1].record_archive_code, "01"]
    page = sign_in("cuc").get(f"/xuat/{export.pk}/").content.decode()
    assert "Tên loại và trích yếu nội dung" in page


def test_the_contents_of_a_dossier_without_documents_to_see_are_not_made(
    cast: TestHouse, sign_in: SignIn
) -> None:
    one = make_dossier(cast, documents=[{"access_level": "02"}])
    client = sign_in("hoa")
    assert 'href="/xuat/moi/' not in client.get(f"/ho-so/{one.dossier.pk}/").content.decode()
    asked = f"nguon={CONTENTS}&dossier={one.dossier.pk}"
    assert client.get(f"/xuat/moi/?{asked}").status_code == 200
    ordered = client.post(f"/xuat/moi/?{asked}", {"format": "docx", "columns": "title"})
    assert ordered.status_code == 400
    assert "Danh sách không có dòng nào" in ordered.content.decode()
    posted = {"nguon": CONTENTS, "dossier": str(one.dossier.pk)}
    assert client.post("/in/danh-sach/", posted).status_code == 400
    assert not exporting.Export.objects.exists()
    assert not Use.objects.filter(kind__startswith="list_").exists()


def test_contents_that_became_empty_before_they_were_written_are_not_handed_out(
    cast: TestHouse, sign_in: SignIn
) -> None:
    from tangthu.archive.actions.withhold_document import withhold_document
    from tangthu.kernel import jobs
    from tangthu.reports.actions.order_export import order_export

    one = make_dossier(cast)
    export, job = order_export(
        cast.acting("cuc"), source=CONTENTS, pairs={"dossier": str(one.dossier.pk)}, columns=[],
        format_="docx", queued=False,
    )  # fmt: skip
    withhold_document(cast.acting("cuc"), one.documents[0].pk)
    done = jobs.execute(job.id)
    assert done.state == "failed"
    assert "không có dòng nào" in done.message
    assert sign_in("cuc").get(f"/xuat/{export.pk}/tep/").status_code == 404
    assert not Use.objects.filter(kind=Use.Kind.LIST_EXPORT).exists()


def test_the_file_says_that_it_tells_of_the_dossier_and_of_each_document(
    cast: TestHouse, two: tuple[MadeDossier, MadeDossier]
) -> None:
    for format_ in FORMATS:
        export = made(cast, source=CONTENTS, format_=format_, dossier=str(two[0].dossier.pk))
        wanted = [two[0].dossier.pk, *(one.pk for one in two[0].documents)]
        assert sorted(told_of(export)) == sorted(wanted)
        assert export.rows == 3


def test_contents_are_no_search_to_be_kept(
    cast: TestHouse, sign_in: SignIn, two: tuple[MadeDossier, MadeDossier]
) -> None:
    from tangthu.reports.actions.keep_views import save_view

    client = sign_in("cuc")
    address = f"/tim-kiem-da-luu/moi/?nguon={CONTENTS}&dossier={two[0].dossier.pk}"
    for answer in (client.get(address), client.post(address, {"name": "x"})):
        assert answer.status_code == 400
    # One that an earlier version kept leads to the dossier, or to nothing that is there.
    for query, status in ((f"dossier=urn:uuid:{two[0].dossier.pk}", 302), ("dossier=x", 404),
                          ("", 404)):  # fmt: skip
        kept = save_view(
            cast.acting("cuc"), name="x", source=CONTENTS, query=query, shared_with=None
        )
        assert client.get(f"/tim-kiem-da-luu/{kept.pk}/").status_code == status


def test_a_taken_contents_list_says_of_which_dossier_as_long_as_that_may_be_seen(
    cast: TestHouse, sign_in: SignIn, two: tuple[MadeDossier, MadeDossier]
) -> None:
    dossier = two[0].dossier
    export = made(cast, "hoa", source=CONTENTS, dossier=str(dossier.pk))
    client = sign_in("hoa")
    pages = ("/xuat/", "/lich-su-khai-thac/", "/cong-viec/")
    for page in pages:
        assert dossier.archive_file_code in client.get(page).content.decode(), page
    fetched = client.get(f"/xuat/{export.pk}/tep/")
    assert f"muc-luc-van-ban-{dossier.archive_file_code}-" in fetched["Content-Disposition"]
    with connections["owner"].cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE records_dossier SET access_level = '02' WHERE id = %s", [dossier.pk])
        cursor.execute("SET session_replication_role = DEFAULT")
    for page in pages:
        assert dossier.archive_file_code not in client.get(page).content.decode(), page
