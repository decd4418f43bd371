"""Acts on marked rows: a preview of each first, rights of each, nothing of what is hidden."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tangthu.archive.actions.seal_dossier import queue_sealing
from tangthu.archive.bulk_sealing import rows_to_seal
from tangthu.archive.job_kinds import SEAL
from tangthu.kernel.models import Job
from tests.office.conftest import SignIn
from tests.support.house import TestHouse
from tests.support.records import make_dossier, sealed_package
from tests.support.server import PHONE, Server, Visitor

SEAL_MANY, STOP_MANY = "/ho-so/dong-goi-nhieu/", "/cong-viec/dung-nhieu/"


def test_marked_dossiers_are_previewed_then_sealed_each_by_its_own_rights(
    cast: TestHouse, sign_in: SignIn
) -> None:
    ready = [make_dossier(cast, number=f"{n:02d}").dossier for n in (1, 2)]
    done = make_dossier(cast, number="03")
    sealed_package(cast, done)
    under_way = make_dossier(cast, number="04").dossier
    queue_sealing(cast.acting("cuc"), under_way.pk)
    strange = make_dossier(cast, "nga", number="05").dossier
    ids = [*(one.pk for one in ready), done.dossier.pk, under_way.pk, strange.pk, uuid.uuid4()]
    given = {"ids": [*map(str, ids), "x", str(ready[0].pk)]}
    client = sign_in("cuc")
    page = client.post(SEAL_MANY, given)
    text = page.content.decode()
    assert page.status_code == 200
    assert "2 dòng làm được, 2 dòng không." in text
    assert "Đã đóng gói; đóng gói lại" in text and "Đang đóng gói" in text
    assert strange.archive_file_code not in text
    # A preview does nothing.
    assert Job.objects.filter(kind=SEAL).exclude(state="done").count() == 1
    assert client.post(SEAL_MANY, {**given, "xac-nhan": "1"}).status_code == 302
    queued = Job.objects.filter(kind=SEAL, state="waiting").values_list("subject_id", flat=True)
    assert sorted(queued) == sorted([*(one.pk for one in ready), under_way.pk])
    for other in ("hoa", "dung"):
        assert sign_in(other).post(SEAL_MANY, given).status_code in (403, 404)
    assert sign_in("nga").post(SEAL_MANY, {"ids": [str(ready[0].pk)]}).status_code == 302
    viewer = cast.acting("cuc").viewer
    with CaptureQueriesContext(
        connection,
    ) as few:
        rows_to_seal(viewer, ids[:1])
    with CaptureQueriesContext(connection) as many:
        rows_to_seal(viewer, ids)
    assert len(many) == len(few) <= 6


def test_marked_jobs_are_stopped_together_in_the_browser(
    cast: TestHouse, server: Server, visit: Callable[..., Visitor]
) -> None:
    for number in (1, 2, 3):
        queue_sealing(cast.acting("cuc"), make_dossier(cast, number=f"{number:02d}").dossier.pk)
    ended = Job.objects.latest("created_at")
    Job.objects.filter(pk=ended.pk).update(state="done")
    for size in (None, PHONE):
        visitor = visit(server, "cuc", **({"size": size} if size else {}))
        visitor.go("/cong-viec/")
        for box in visitor.page.locator("input[name=ids]").all():
            box.check()
        visitor.page.get_by_role("button", name="Dừng…").click()
        visitor.page.wait_for_selector("text=dòng làm được")
        assert visitor.axe() == [] and visitor.overflow() <= 0 and visitor.complaints == []
    assert "2 dòng làm được, 1 dòng không." in visitor.page.content()
    assert "Đã kết thúc" in visitor.page.content()
    visitor.page.get_by_role("button", name="Dừng các công việc làm được").click()
    visitor.page.wait_for_selector("text=Đã yêu cầu dừng 2 việc.")
    assert sorted(Job.objects.values_list("state", flat=True)) == ["done", "stopped", "stopped"]
