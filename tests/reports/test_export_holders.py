"""Whom an exported file tells of, who gets it, and when it is gone."""

from __future__ import annotations

import json
import sys
import uuid

import pytest

from tangthu.kernel import clock, jobs
from tangthu.kernel.errors import NotFoundForViewer
from tangthu.ledger.history import history
from tangthu.records import leaving
from tangthu.records.models import Use
from tangthu.reports import files, sources
from tangthu.reports.actions.order_export import ExportStale, fetch_export, order_export
from tangthu.reports.models import Export
from tangthu.standards import durable
from tests.office.conftest import SignIn
from tests.reports.exporting import made, text_of
from tests.support.house import TestHouse
from tests.support.records import make_dossier


@pytest.mark.req("AR-129")
def test_what_is_withheld_leaves_neither_in_a_new_file_nor_in_an_old_one(cast: TestHouse) -> None:
    from tangthu.archive.actions.withhold_document import withhold_document

    one = make_dossier(cast, documents=[{"subject": "Chuyện kín"}, {"subject": "Chuyện thường"}])
    before = made(cast)
    assert fetch_export(cast.acting("cuc"), before.pk)
    withhold_document(cast.acting("cuc"), one.documents[0].pk)
    with pytest.raises(NotFoundForViewer):
        fetch_export(cast.acting("cuc"), before.pk)
    after = made(cast)
    assert "Chuyện thường" in text_of(after)
    assert "Chuyện kín" not in text_of(after)


def test_a_file_that_tells_of_what_its_owner_may_no_longer_see_is_not_handed_out(
    cast: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tangthu.archive.actions.withhold_document import withhold_document

    one = make_dossier(cast)
    export = made(cast)
    monkeypatch.setattr(leaving, "_handlers", {})
    withhold_document(cast.acting("cuc"), one.documents[0].pk)
    with pytest.raises(ExportStale):
        fetch_export(cast.acting("cuc"), export.pk)


@pytest.mark.parametrize("how", ["empty", "cut in a record", "cut after one", "swollen", "gone"])
def test_a_file_of_which_is_not_known_whom_it_tells_of_is_not_handed_out(
    cast: TestHouse, sign_in: SignIn, how: str
) -> None:
    make_dossier(cast, documents=[{}] * 3)
    export = made(cast)
    told = files.folder_of(export.pk) / "ids"
    whole = told.read_bytes()
    changed = {"empty": b"", "cut in a record": whole[:20], "cut after one": whole[:17],
               "swollen": whole + whole[:17]}  # fmt: skip
    if how in changed:
        told.write_bytes(changed[how])
    else:
        told.unlink()
    assert sign_in("cuc").get(f"/xuat/{export.pk}/tep/").status_code == 409
    assert not Use.objects.filter(kind=Use.Kind.LIST_DOWNLOAD).exists()
    told.write_bytes(whole)
    assert sign_in("cuc").get(f"/xuat/{export.pk}/tep/").status_code == 200


def test_whom_a_file_tells_of_is_on_the_disk_before_the_file(cast: TestHouse) -> None:
    make_dossier(cast)
    passed: list[str] = []
    durable.observe(passed.append)
    try:
        made(cast)
    finally:
        durable.observe(None)
    assert passed.index("export.ids.fsynced") < passed.index("export.file.renamed")


@pytest.mark.parametrize("written", [True, False])
def test_looking_for_many_records_in_a_file_takes_as_many_steps_as_for_one(
    cast: TestHouse, written: bool
) -> None:
    make_dossier(cast, documents=[{}] * 40)
    export = made(cast)
    if not written:
        folder = files.folder_of(export.pk)
        (folder / "ids").unlink()
        rows = [json.dumps(["document", str(uuid.uuid4()), ["x"], str(uuid.uuid4())])] * 40
        (folder / "rows-000000.jsonl").write_text("\n".join(rows))
        export.finished_at = export.rows = None

    def steps(records: int) -> int:
        seen = [0]

        def count(frame: object, event: str, argument: object) -> None:
            seen[0] += event in {"call", "c_call"}

        wanted = {uuid.UUID(int=number) for number in range(records)}
        sys.setprofile(count)
        try:
            assert not files.tells_of(export, wanted)
        finally:
            sys.setprofile(None)
        return seen[0]

    assert steps(2000) - steps(1) < 5000


def test_a_list_that_is_being_written_is_judged_by_what_was_read_for_it(
    cast: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = make_dossier(cast, documents=[{}, {}]).documents
    outside = make_dossier(cast, number="02", documents=[{"subject": "Khác"}]).documents
    told: list[bool] = []

    def look(ids: object) -> None:
        export = Export.objects.get()
        told.extend(files.tells_of(export, {one.pk}) for one in (inside[0], outside[0]))

    monkeypatch.setattr(files, "end_of_told", look)
    _export, job = order_export(
        cast.acting("cuc"), source="documents", pairs={"q": "thanh lý"}, columns=[],
        format_="docx", queued=False,
    )  # fmt: skip
    jobs.execute(job.id)
    assert told == [True, False]


@pytest.mark.req("AR-27", "RM-662")
def test_export_and_each_download_are_events_and_uses(cast: TestHouse, sign_in: SignIn) -> None:
    make_dossier(cast)
    export = made(cast, q="thanh lý")
    client = sign_in("cuc")
    for _ in range(2):
        answer = client.get(f"/xuat/{export.pk}/tep/")
        assert answer.status_code == 200
        assert b"".join(answer.streaming_content) == files.file_of(export).read_bytes()
    obj = uuid.uuid5(export.pk, str(cast.body("H30.81").id))
    assert [event.kind_name for event in history(obj, ch="a")] == [
        "reports.list.exported", "reports.list.downloaded", "reports.list.downloaded",
    ]  # fmt: skip
    assert export.serial in history(obj, ch="a")[0].sentence
    assert list(Use.objects.filter(obj=obj).order_by("at").values_list("kind", flat=True)) == [
        "list_export", "list_download", "list_download",
    ]  # fmt: skip


def test_only_the_owner_gets_the_file(cast: TestHouse, sign_in: SignIn) -> None:
    make_dossier(cast)
    export = made(cast, "hoa")
    for other in ("cuc", "binh", "nga"):
        assert sign_in(other).get(f"/xuat/{export.pk}/tep/").status_code == 404
        assert sign_in(other).get(f"/xuat/{export.pk}/").status_code == 404
    with pytest.raises(NotFoundForViewer):
        fetch_export(cast.acting("cuc"), export.pk)


def test_a_file_is_forgotten_in_time(cast: TestHouse, sign_in: SignIn) -> None:
    from datetime import timedelta

    from tangthu.reports.actions.order_export import forget_exports

    make_dossier(cast)
    export = made(cast)
    forget_exports()
    assert files.file_of(export).is_file()
    Export.objects.update(expires_at=export.ordered_at - timedelta(seconds=1))
    forget_exports()
    assert not files.folder_of(export.pk).exists()
    client = sign_in("cuc")
    assert client.get(f"/xuat/{export.pk}/tep/").status_code == 404
    assert "hết hạn giữ" in client.get(f"/xuat/{export.pk}/").content.decode()


def test_what_was_read_is_not_left_beside_the_file(cast: TestHouse) -> None:
    make_dossier(cast)
    folder = files.folder_of(made(cast, format_="pdf").pk)
    assert {path.name for path in folder.rglob("*") if path.is_file()} == {"ids", "list.pdf"}
    assert folder.stat().st_mode & 0o077 == 0


def test_an_administrator_who_reads_nothing_exports_nothing(
    cast: TestHouse, sign_in: SignIn
) -> None:
    make_dossier(cast)
    client = sign_in("dung")
    answer = client.post(
        "/xuat/moi/?nguon=documents", {"format": "pdf", "sort": "place", "columns": ["title"]}
    )
    assert answer.status_code >= 400
    assert not Export.objects.exists()


def test_a_file_whose_time_is_over_is_not_handed_out_even_while_it_lies_there(
    cast: TestHouse, sign_in: SignIn
) -> None:
    make_dossier(cast)
    export = made(cast)
    client = sign_in("cuc")
    address = f"/xuat/{export.pk}/tep/"
    assert client.head(address).status_code == 200
    Export.objects.filter(pk=export.pk).update(expires_at=clock.now())
    assert files.file_of(export).is_file()
    assert client.get(address).status_code == 404
    assert client.head(address).status_code == 404
    assert address not in client.get(f"/xuat/{export.pk}/").content.decode()
    assert "Tải được" not in client.get("/xuat/").content.decode()


@pytest.mark.req("AR-129")
def test_exports_that_tell_of_what_is_withheld_are_removed_at_once_finished_or_not(
    cast: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tangthu.archive.actions.withhold_document import withhold_document

    secret = make_dossier(cast, documents=[{"subject": f"Dòng {n:03d}"} for n in range(12)])
    make_dossier(cast, number="09", documents=[{"subject": "Việc khác"}])
    finished, other = made(cast), made(cast, source="search", q="việc khác")
    monkeypatch.setattr(sources.portions, "__kwdefaults__", {"size": 5})
    half, job = order_export(
        cast.acting("cuc"), source="documents", pairs={}, columns=[], format_="docx", queued=False
    )

    class Killed(BaseException):
        pass

    def kill(point: str) -> None:
        if point == "export.rows.renamed":
            raise Killed

    durable.observe(kill)
    try:
        with pytest.raises(Killed):
            jobs.execute(job.id)
    finally:
        durable.observe(None)
    (rows,) = files.folder_of(half.pk).glob("rows-*.jsonl")
    told = next(one for one in secret.documents if str(one.pk) in rows.read_text("utf-8"))
    withhold_document(cast.acting("cuc"), told.pk)
    assert not files.folder_of(finished.pk).exists()
    assert not files.folder_of(half.pk).exists()
    assert files.file_of(other).is_file()
    with pytest.raises(NotFoundForViewer):
        fetch_export(cast.acting("cuc"), finished.pk)


def test_a_body_is_told_of_its_own_rows_only(cast: TestHouse) -> None:
    make_dossier(cast, documents=[{}, {}, {}])
    make_dossier(cast, "nga", number="09", documents=[{}])
    from tangthu.records.actions.note_access import note_list

    mine, other = cast.body("H30.81").id, cast.body("H31.07").id
    noted = note_list(
        cast.acting("cuc"), [mine, other], use=Use.Kind.LIST_EXPORT, copy=uuid.uuid4(),
        event="reports.list.exported", detail={"list": "documents", "asked": {}, "columns": [],
        "format": "docx", "sha256": "0" * 64}, rows={mine: 3, other: 1},
    )  # fmt: skip
    assert [one.detail["rows"] for one in noted] == [3, 1]
    export = made(cast)
    (use,) = Use.objects.filter(serial=export.serial)
    assert use.detail["rows"] == export.rows == 3
