"""The pages of dossiers and documents: what they tell, what they record, the bytes they give."""

from __future__ import annotations

import hashlib
import io
import json
import uuid
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from PIL import Image

from tests.office.conftest import SignIn
from tests.support.house import TestHouse
from tests.support.records import MadeDossier, make_dossier, signed_events


def kinds_on_access_chain(obj: uuid.UUID) -> list[str]:
    from tangthu.ledger.history import history

    return [event.kind_name for event in history(obj, ch="a")]


@pytest.mark.req("RM-670", "AR-28")
def test_a_document_page_shows_every_field_and_its_own_metadata(
    cast: TestHouse, sign_in: SignIn
) -> None:
    given = {
        "keywords": "thanh lý", "handwriting": "Bút phê đồng ý", "info_symbol": "TT-01",
        "note": "Bản sao", "extra": {"Tờ số": "12–14"},
    }  # fmt: skip
    made = make_dossier(cast, documents=[given])
    page = sign_in("cuc").get(f"/tai-lieu/{made.documents[0].id}/").content.decode()
    for words in (
        "Quyết định", "1/QĐ-CCATVSTP", "04/02/2010", "Chi cục An toàn vệ sinh thực phẩm",
        "Về việc thanh lý tài sản", "thanh lý", "Bút phê đồng ý", "TT-01", "Bản sao", "Tờ số",
        "12–14", "Tiếng Việt", "Vĩnh viễn", "Công khai", "Số hóa", "Bình thường",
        made.documents[0].record_archive_code, made.dossier.archive_file_code,
        made.files[0].sha256, "Acrobat PDF 1.7", "fmt/276",
    ):  # fmt: skip
        assert words in page, words


def test_labels_of_fields_come_in_the_language_of_the_screen(
    cast: TestHouse, sign_in: SignIn
) -> None:
    made = make_dossier(cast)
    client = sign_in("cuc")
    client.cookies["tangthu_language"] = "en"
    page = client.get(f"/ho-so/{made.dossier.id}/").content.decode()
    assert "Retention period" in page
    assert "Permanent" in page
    assert "Vĩnh viễn" not in page


def test_a_dossier_says_how_many_documents_are_here_and_how_many_were_declared(
    cast: TestHouse, sign_in: SignIn
) -> None:
    made = make_dossier(cast, documents=[{}] * 2, declared=83)
    page = sign_in("cuc").get(f"/ho-so/{made.dossier.id}/").content.decode()
    assert "Ở đây có 2 tài liệu; bảng kê khai 83 tài liệu." in page
    agreed = make_dossier(cast, number="02", documents=[{}] * 2, declared=2)
    page = sign_in("cuc").get(f"/ho-so/{agreed.dossier.id}/").content.decode()
    assert "Ở đây có" not in page


def test_looking_at_a_document_is_recorded_once_in_an_hour_however_many_pages_load(
    cast: TestHouse, sign_in: SignIn
) -> None:
    made = make_dossier(cast, pages=3)
    document = made.documents[0].id
    client = sign_in("binh")
    for _ in range(2):
        client.get(f"/tai-lieu/{document}/")
    for number in (1, 2, 3):
        assert client.get(f"/tai-lieu/{document}/trang/{number}.webp").status_code == 200
    assert kinds_on_access_chain(document) == ["records.document.viewed"]
    sign_in("cuc").get(f"/tai-lieu/{document}/")
    assert len(kinds_on_access_chain(document)) == 2


def test_fetching_a_page_image_alone_is_a_look_as_well(cast: TestHouse, sign_in: SignIn) -> None:
    made = make_dossier(cast)
    sign_in("binh").get(f"/tai-lieu/{made.documents[0].id}/trang/1.png")
    assert kinds_on_access_chain(made.documents[0].id) == ["records.document.viewed"]


def test_looking_at_a_dossier_is_recorded_with_who_and_as_what(
    cast: TestHouse, sign_in: SignIn
) -> None:
    from tangthu.ledger.history import history

    made = make_dossier(cast)
    sign_in("binh").get(f"/ho-so/{made.dossier.id}/")
    (event,) = history(made.dossier.id, ch="a")
    assert (event.kind_name, event.who, event.position) == (
        "records.dossier.viewed", "Lê Văn Bình", "Chi cục trưởng",
    )  # fmt: skip


def test_a_page_image_is_that_page_at_about_the_asked_width(
    cast: TestHouse, sign_in: SignIn
) -> None:
    made = make_dossier(cast, pages=2)
    client = sign_in("cuc")
    images = []
    for number in (1, 2):
        address = f"/tai-lieu/{made.documents[0].id}/trang/{number}.png"
        answer = client.get(f"{address}?rong=390")
        assert answer["Content-Type"] == "image/png"
        assert answer["Cache-Control"] == "private, no-cache"
        images.append(Image.open(io.BytesIO(answer.content)))
        again = client.get(f"{address}?rong=390", headers={"If-None-Match": answer["ETag"]})
        assert again.status_code == 304
    assert all(abs(image.width - 400) <= 1 for image in images)
    assert images[0].tobytes() != images[1].tobytes()
    assert client.get(f"/tai-lieu/{made.documents[0].id}/trang/3.png").status_code == 404


@pytest.mark.parametrize("width", ["0", "-1", "999999999999", "abc", "١٢", "1e9", ""])
def test_a_strange_width_gives_an_ordinary_image(
    cast: TestHouse, sign_in: SignIn, width: str
) -> None:
    made = make_dossier(cast)
    address = f"/tai-lieu/{made.documents[0].id}/trang/1.webp?rong={width}"
    answer = sign_in("cuc").get(address)
    assert answer.status_code == 200
    assert Image.open(io.BytesIO(answer.content)).width <= 2400


def test_a_download_is_the_exact_bytes_and_is_recorded(cast: TestHouse, sign_in: SignIn) -> None:
    from tangthu.ledger.history import history

    made = make_dossier(cast)
    answer = sign_in("hoa").get(f"/tep/{made.files[0].id}/")
    body = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert body == made.contents[0]
    assert answer["Content-Length"] == str(len(body))
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert answer["Cache-Control"] == "private, no-store"
    (event,) = history(made.documents[0].id, ch="a")
    assert event.kind_name == "records.file.exported"
    assert event.fields["detail"]["sha256"] == hashlib.sha256(body).hexdigest()


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Quyết định số 1.pdf", "Quy_t __nh s_ 1.pdf"),
        ('a"b\r\nX-Evil: 1.pdf', "a_b__X-Evil_ 1.pdf"),
        ("../../etc/passwd", ".._.._etc_passwd"),
        ("", "tep"),
    ],
)
def test_a_file_name_cannot_break_out_of_its_header(name: str, plain: str) -> None:
    from urllib.parse import unquote

    from tangthu.archive.views.contents import disposition

    header = disposition(name)
    assert header.startswith(f"attachment; filename=\"{plain}\"; filename*=UTF-8''")
    assert "\r" not in header
    assert "\n" not in header
    assert unquote(header.rpartition("''")[2]) == name


def test_bytes_that_are_nowhere_are_an_answer_in_words_and_no_event(
    cast: TestHouse, sign_in: SignIn
) -> None:
    from tangthu.kernel.stores import FolderStore, content_key

    made = make_dossier(cast)
    FolderStore(settings.HOME.working).remove(content_key(made.files[0].sha256))
    client = sign_in("cuc")
    answer = client.get(f"/tep/{made.files[0].id}/")
    assert answer.status_code == 503
    assert "Hiện chưa đọc được tệp này" in answer.content.decode()
    assert kinds_on_access_chain(made.documents[0].id) == []
    assert client.get(f"/tai-lieu/{made.documents[0].id}/trang/1.png").status_code == 503


def test_a_page_that_cannot_be_drawn_says_so(cast: TestHouse, sign_in: SignIn) -> None:
    from tests.support.records import keep

    made = make_dossier(cast)
    file = made.files[0]
    digest = keep(cast, b"%PDF-1.7 broken")
    from django.db import transaction

    from tangthu.ledger.record import Event, record

    with transaction.atomic():
        type(file).objects.filter(pk=file.pk).update(sha256=digest)
        acting = cast.acting("cuc")
        body = made.dossier.body_id
        record(Event("records.document.received", made.documents[0].id, body, acting.actor(body)))
    answer = sign_in("cuc").get(f"/tai-lieu/{made.documents[0].id}/trang/1.png")
    assert answer.status_code == 422
    assert "Tải tệp gốc" in answer.content.decode()


def test_the_proof_panel_follows_the_events_into_the_log_and_under_the_signature(
    cast: TestHouse, sign_in: SignIn
) -> None:
    made = make_dossier(cast)
    client = sign_in("cuc")
    address = f"/tai-lieu/{made.documents[0].id}/"
    before = client.get(address).content.decode()
    assert "Sự kiện mới vào sổ trong vài giây" in before
    assert client.get(f"{address}chung-cu.json").status_code == 409
    signed_events()
    after = client.get(address).content.decode()
    assert "Mọi sự kiện đã nằm dưới chữ ký" in after
    assert f"{address}chung-cu.json" in after


def vkeys(house: TestHouse, code: str) -> tuple[str, list[object]]:
    from tangthu.ledger.logs import log_of
    from tangthu.ledger.signer import Signer

    log = log_of(house.body(code).id)
    return log.origin, [Signer(house.home, log.log_id, log.origin).verifier_key]


def test_the_proof_that_one_takes_away_holds(cast: TestHouse, sign_in: SignIn) -> None:
    from tangthu.ledger.proofs import verify_bundle

    made = make_dossier(cast)
    signed_events()
    client = sign_in("cuc")
    origin, keys = vkeys(cast, "H30.81")
    for address in (f"/ho-so/{made.dossier.id}/", f"/tai-lieu/{made.documents[0].id}/"):
        answer = client.get(f"{address}chung-cu.json")
        assert answer["Content-Disposition"].startswith("attachment")
        document = json.loads(answer.content)
        assert verify_bundle(document, origin, keys) >= 2  # type: ignore[arg-type]
        document["events"][0]["open"]["agent"]["value"]["name"] = "Người khác"
        with pytest.raises(Exception, match=r".*"):
            verify_bundle(document, origin, keys)  # type: ignore[arg-type]


def test_a_proof_for_a_reader_with_fewer_rights_holds_and_names_no_document(
    cast: TestHouse, sign_in: SignIn
) -> None:
    from tangthu.ledger.proofs import verify_bundle

    made = make_dossier(cast, documents=[{}, {"access_level": "02"}])
    signed_events()
    origin, keys = vkeys(cast, "H30.81")
    answer = sign_in("hoa").get(f"/ho-so/{made.dossier.id}/chung-cu.json")
    document = json.loads(answer.content)
    assert verify_bundle(document, origin, keys) >= 2  # type: ignore[arg-type]
    assert all(set(event["open"]) <= {"agent", "ref"} for event in document["events"])


def test_the_history_tells_who_did_what_as_what_newest_first(
    cast: TestHouse, sign_in: SignIn
) -> None:
    made = make_dossier(cast)
    page = sign_in("cuc").get(f"/ho-so/{made.dossier.id}/").content.decode()
    history = page[page.index("Quá trình") :]
    assert "<strong>Nguyễn Thị Cúc</strong>, Lưu trữ viên," in history
    assert history.index("xếp vào mục lục 01") < history.index("lập hồ sơ")


@pytest.mark.req("AR-36")
def test_an_old_code_still_finds_its_dossier(cast: TestHouse, sign_in: SignIn) -> None:
    from django.db import transaction

    from tangthu.archive.searchables import reindex_dossiers
    from tangthu.ledger.record import Event, record
    from tangthu.records.models import CodeAlias
    from tangthu.standards.vietnamese import fold

    made = make_dossier(cast)
    acting, body = cast.acting("cuc"), made.dossier.body_id
    with transaction.atomic():
        old = "001.03.08.H30.80.2010.01"
        CodeAlias(code=old, code_key=fold(old), dossier=made.dossier, obj=made.dossier.id).save()
        record(Event("records.dossier.described", made.dossier.id, body, acting.actor(body)))
        reindex_dossiers([made.dossier.id])
    client = sign_in("hoa")
    search = client.get(f"/tim/?q={old}").content.decode()
    assert f"/ho-so/{made.dossier.id}/" in search
    page = client.get(f"/ho-so/{made.dossier.id}/").content.decode()
    assert old in page
    assert made.dossier.archive_file_code in page


def confirm_sealing(client: Client, made: MadeDossier) -> Any:
    """Open the page that says what sealing fixes, and confirm what it shows."""
    page = client.get(f"/ho-so/{made.dossier.id}/dong-goi/").content.decode()
    state = page.split('name="state" value="')[1].split('"')[0]
    return client.post(f"/ho-so/{made.dossier.id}/dong-goi/", {"state": state})


def test_a_sealed_dossier_shows_its_package_and_still_gives_its_bytes(
    cast: TestHouse, sign_in: SignIn
) -> None:
    from tangthu.kernel import jobs
    from tangthu.kernel.models import Job
    from tangthu.repository.models import Package

    made = make_dossier(cast)
    client = sign_in("cuc")
    ordered = confirm_sealing(client, made)
    job = Job.objects.get()
    assert ordered["Location"] == f"/cong-viec/{job.id}/"
    done = jobs.execute(job.id)
    assert done.state == Job.State.DONE, done.message
    package = Package.objects.get(dossier_id=made.dossier.id)
    page = client.get(f"/ho-so/{made.dossier.id}/").content.decode()
    assert package.objid in page
    assert "Đã đóng gói" in page
    assert page.count("Nguyên vẹn") == 2
    answer = client.get(f"/tep/{made.files[0].id}/")
    assert b"".join(answer.streaming_content) == made.contents[0]  # type: ignore[attr-defined]
    again = client.post(f"/ho-so/{made.dossier.id}/dong-goi/", follow=True).content.decode()
    assert "không cần đóng lại" in again
    clerk = sign_in("hoa").get(f"/ho-so/{made.dossier.id}/").content.decode()
    assert "Dung lượng" not in clerk
    assert sign_in("hoa").post(f"/ho-so/{made.dossier.id}/dong-goi/").status_code == 404


def test_sealing_is_restated_before_it_is_done(cast: TestHouse, sign_in: SignIn) -> None:
    from tangthu.kernel.models import Job
    from tests.support.records import change_dossier

    made = make_dossier(cast, documents=[{}, {}], declared=5)
    address = f"/ho-so/{made.dossier.id}/dong-goi/"
    client = sign_in("cuc")
    assert f'href="{address}"' in client.get(f"/ho-so/{made.dossier.id}/").content.decode()
    page = client.get(address).content.decode()
    for words in (
        "2 tài liệu", "2 tệp", "Phiên bản 1", made.dossier.title, "không thể hoàn tác",
        "Bảng kê khai 5 tài liệu, ở đây có 2.", "Nguyễn Thị Cúc, Lưu trữ viên",
        "Người thực hiện",
    ):  # fmt: skip
        assert words in page, words
    assert "Theo quyết định" not in page, "an archivist is no decision"
    assert client.post(address).status_code == 200, "an order without the page is none"
    assert not Job.objects.exists()
    seen = page.split('name="state" value="')[1].split('"')[0]
    change_dossier(cast, made.dossier, note="Ghi chú thêm")
    changed = client.post(address, {"state": seen})
    assert changed.status_code == 409
    assert "vừa thay đổi" in changed.content.decode()
    assert not Job.objects.exists()
    assert confirm_sealing(client, made).status_code == 302
    assert Job.objects.count() == 1
    for other in ("hoa", "nga"):
        assert sign_in(other).get(address).status_code == 404


def test_a_dossier_that_cannot_be_sealed_says_why_and_offers_no_button(
    cast: TestHouse, sign_in: SignIn
) -> None:
    from tangthu.records.models import ContentFile

    made = make_dossier(cast, documents=[{}, {}])
    with connections["owner"].cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("DELETE FROM records_contentfile WHERE id = %s", [made.files[1].id])
        cursor.execute("SET session_replication_role = origin")
    assert ContentFile.objects.count() == 1
    address = f"/ho-so/{made.dossier.id}/dong-goi/"
    page = sign_in("cuc").get(address).content.decode()
    assert "Chưa đóng gói được" in page
    assert f'<a href="/tai-lieu/{made.documents[1].pk}/mo-ta/">Tài liệu 2</a>' in page
    assert "không có tệp nào" in page
    assert 'name="state"' not in page
    assert sign_in("cuc").post(address, {"state": "x"}).status_code in (200, 409)


def test_a_package_that_lacks_a_later_change_says_so_to_whoever_packages(
    cast: TestHouse, sign_in: SignIn
) -> None:
    from tangthu.archive.actions.seal_dossier import queue_sealing
    from tangthu.kernel.jobs import execute
    from tests.support.records import change_dossier

    made = make_dossier(cast)
    address = f"/ho-so/{made.dossier.id}/"
    words = "đã thay đổi sau lần đóng gói gần nhất"
    execute(queue_sealing(cast.acting("cuc"), made.dossier.pk).id)
    assert words not in sign_in("cuc").get(address).content.decode()
    change_dossier(cast, made.dossier, note="Ghi chú thêm")
    assert words in sign_in("cuc").get(address).content.decode()
    assert words not in sign_in("hoa").get(address).content.decode()
    execute(queue_sealing(cast.acting("cuc"), made.dossier.pk).id)
    assert words not in sign_in("cuc").get(address).content.decode()


def test_what_can_be_done_stands_in_one_order_on_dossier_and_document(
    cast: TestHouse, sign_in: SignIn
) -> None:
    made = make_dossier(cast, documents=[{}, {}, {}])
    client = sign_in("cuc")
    for address, labels in (
        (f"/ho-so/{made.dossier.id}/", ("Sửa mô tả", "Đóng gói", "In phiếu")),
        (
            f"/tai-lieu/{made.documents[1].pk}/",
            ("Sửa mô tả", "In phiếu", "Báo là bí mật", "Tài liệu trước", "Tài liệu sau"),
        ),
    ):
        bar = client.get(address).content.decode().split('class="actions')[1]
        found = [bar.index(label) for label in labels]
        assert found == sorted(found), address
