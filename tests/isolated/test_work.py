"""Working with secrets on an isolated LAN: forms, lists, packages, imports, the band (AR-128)."""

from __future__ import annotations

import datetime as dt
import json
import re
from functools import partial
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.test import Client
from django.utils import timezone

from tangthu.archive.models import Batch
from tangthu.identity.acting import SYSTEM
from tangthu.identity.actions import change_rights
from tangthu.identity.actions.add_person import appoint
from tangthu.identity.actions.grant_clearance import OwnClearance, set_clearance
from tangthu.identity.models import Clearance, Person
from tangthu.kernel.errors import InvalidInput, NotFoundForViewer, Refused
from tangthu.ledger.history import history
from tangthu.records.models import Document, Dossier
from tangthu.repository.models import Store
from tangthu.repository.stores import object_root
from tests.office.conftest import SignIn
from tests.office.importing import NEW, fonds_id, run, sent
from tests.support import batches
from tests.support.batches import Paper
from tests.support.house import TestHouse
from tests.support.isolated import CLEARED, clear, secret_dossier
from tests.support.records import make_dossier, open_a_fonds, sealed_package

TOKEN = "Xanhdamtrang"


def band_of(page: str) -> str:
    found = re.search(r'<div class="mode-band.*?</div>', page, re.DOTALL)
    assert found is not None
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[0]))


@pytest.mark.req("AR-128")
def test_every_page_bears_the_mode_and_the_highest_degree_on_it(
    isolated_cast: TestHouse, sign_in: SignIn
) -> None:
    low = secret_dossier(isolated_cast, "1", number="02", token=TOKEN)
    high = secret_dossier(isolated_cast, "3", number="03", token=f"{TOKEN}hai")
    for address in ("/dang-nhap/", "/khong-co/"):
        band = band_of(Client().get(address, follow=True).content.decode())
        assert "Mạng LAN độc lập" in band
        assert "không có nội dung mật" in band
    cuc, binh, hoa = (sign_in(name) for name in ("cuc", "binh", "hoa"))
    for client, address, degree in (
        (cuc, f"/ho-so/{low.dossier.pk}/", "MẬT"),
        (cuc, f"/ho-so/{high.dossier.pk}/", "TUYỆT MẬT"),
        (cuc, f"/tai-lieu/{low.documents[0].pk}/", "MẬT"),
        (cuc, "/ho-so/", "TUYỆT MẬT"), (cuc, "/tai-lieu/", "TUYỆT MẬT"),
        (cuc, f"/tim/?q={TOKEN}hai", "TUYỆT MẬT"), (cuc, f"/tim/?q={TOKEN}", "MẬT"),
        (binh, "/ho-so/", "MẬT"), (hoa, "/ho-so/", ""), (hoa, f"/tim/?q={TOKEN}", ""),
        (cuc, "/tai-khoan/", ""), (hoa, f"/ho-so/{low.dossier.pk}/", ""),
        (cuc, f"/ho-so/{high.dossier.pk}/do-mat/", "TUYỆT MẬT"),
    ):  # fmt: skip
        band = band_of(client.get(address).content.decode())
        if degree:
            assert band.strip().endswith(degree), (address, band)
        else:
            assert "không có nội dung mật" in band, (address, band)


@pytest.mark.req("AR-128")
def test_the_page_of_jobs_bears_the_degree_of_the_dossiers_that_it_names(
    isolated_cast: TestHouse, sign_in: SignIn
) -> None:
    made = secret_dossier(isolated_cast, "3", number="02", token=TOKEN)
    sealed_package(isolated_cast, made)
    for address in ("/cong-viec/", "/cong-viec/?state=done"):
        page = sign_in("cuc").get(address).content.decode()
        assert f"Hồ sơ {TOKEN}" in page
        assert band_of(page).strip().endswith("TUYỆT MẬT"), address


@pytest.mark.req("AR-128", "AR-131")
def test_a_degree_is_set_changed_and_ended_on_a_basis_that_is_kept(
    isolated_cast: TestHouse, sign_in: SignIn
) -> None:
    made = make_dossier(isolated_cast)
    document = made.documents[0]
    address = f"/tai-lieu/{document.pk}/do-mat/"
    cuc = sign_in("cuc")
    assert "Tuyệt mật" in cuc.get(address).content.decode()
    for wrong in ({"degree": "2", "basis": ""}, {"degree": "4", "basis": "x"}, {"degree": "2"}):
        assert cuc.post(address, wrong).status_code == 422
    assert Document.objects.get(pk=document.pk).secrecy is None
    basis = "Danh mục BMNN, mục 4"
    assert cuc.post(address, {"degree": "2", "basis": basis}).status_code == 302
    kept = Document.objects.get(pk=document.pk)
    assert (kept.secrecy, kept.access_level) == ("2", "03")
    assert sign_in("hoa").get(f"/tai-lieu/{document.pk}/").status_code == 404
    assert "Tối mật" in cuc.get(f"/tai-lieu/{document.pk}/").content.decode()
    assert sign_in("binh").get(f"/tai-lieu/{document.pk}/").status_code == 200
    assert cuc.post(address, {"degree": "", "basis": "QĐ giải mật 9"}).status_code == 302
    assert (Document.objects.get(pk=document.pk).access_level) == "02"
    told = [one for one in history(document.pk) if "classified" in one.kind_name]
    assert [one.kind_name for one in told] == [
        "records.document.classified", "records.document.declassified",
    ]  # fmt: skip
    assert told[0].fields["detail"]["basis"] == basis


@pytest.mark.req("AR-128")
def test_nobody_sets_a_degree_beyond_his_own_clearance(
    isolated_cast: TestHouse, sign_in: SignIn
) -> None:
    made = make_dossier(isolated_cast)
    clear(isolated_cast, "cuc", "1")
    cuc = sign_in("cuc")
    address = f"/ho-so/{made.dossier.pk}/do-mat/"
    page = cuc.get(address).content.decode()
    assert "Tuyệt mật" not in page
    assert "Tối mật" not in page
    assert cuc.post(address, {"degree": "3", "basis": "x"}).status_code == 422
    assert cuc.post(address, {"degree": "1", "basis": "x"}).status_code == 302
    for other in ("hoa", "binh", "dung", "nga"):
        assert sign_in(other).get(address).status_code == 404


@pytest.mark.req("AR-128")
def test_the_description_form_leaves_the_degree_alone(
    isolated_cast: TestHouse, sign_in: SignIn
) -> None:
    from tangthu.archive.actions.describe_record import describe_document, digest_of

    made = secret_dossier(isolated_cast, "1", number="02", token=TOKEN)
    page = sign_in("cuc").get(f"/tai-lieu/{made.documents[0].pk}/mo-ta/").content.decode()
    assert 'name="access_level"' not in page
    plain = make_dossier(isolated_cast, number="05")
    acting = isolated_cast.acting("cuc")
    secret, other = Document.objects.get(pk=made.documents[0].pk), plain.documents[0]
    for document, level in ((secret, "01"), (other, "03")):
        with pytest.raises(InvalidInput):
            describe_document(
                acting, document.pk, {"access_level": level}, expected=digest_of(document)
            )
    describe_document(acting, secret.pk, {"note": "x"}, expected=digest_of(secret))
    assert Document.objects.get(pk=secret.pk).secrecy == "1"


@pytest.mark.req("AR-128")
@pytest.mark.parametrize("change", ["secrecy = NULL", "secrecy = '9'", "access_level = '01'"])
def test_the_database_keeps_level_and_degree_together(
    isolated_cast: TestHouse, change: str
) -> None:
    made = secret_dossier(isolated_cast, "1", number="02", token=TOKEN)
    with (
        pytest.raises(IntegrityError, match="go together"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            f"UPDATE records_document SET {change} WHERE id = %s", [made.documents[0].pk]
        )


@pytest.mark.req("AR-128")
def test_lists_and_search_filter_by_degree(isolated_cast: TestHouse, sign_in: SignIn) -> None:
    for number, degree in enumerate("123", start=2):
        secret_dossier(isolated_cast, degree, number=f"0{number}", token=f"{TOKEN}{degree}")
    cuc, binh = sign_in("cuc"), sign_in("binh")
    for client, asked, found in (
        (cuc, "1", "1"), (cuc, "2", "2"), (cuc, "3", "3"), (cuc, "x", "123"), (cuc, "", "123"),
        (binh, "2", "2"), (binh, "3", "12"),
    ):  # fmt: skip
        for address in (f"/ho-so/?secrecy={asked}", f"/tai-lieu/?secrecy={asked}",
                        f"/tim/?q=nam:2010&secrecy={asked}"):  # fmt: skip
            page = client.get(address).content.decode()
            shown = {degree for degree in "123" if f"{TOKEN}{degree}" in page}
            assert shown == set(found), (address, shown)
    page = binh.get("/ho-so/").content.decode()
    assert "Tối mật" in page
    assert "Tuyệt mật" not in page


@pytest.mark.req("AR-128")
def test_a_secret_dossiers_package_says_mode_03_its_degree_and_its_origin(
    isolated_cast: TestHouse,
) -> None:
    from tangthu.standards.tt05.validator import validate

    made = secret_dossier(isolated_cast, "2", number="02", token=TOKEN)
    package = sealed_package(isolated_cast, made)
    root = object_root(Store.objects.get(name="kho-a"), package)
    inside = next(root.rglob("METS.xml")).parent
    while not (inside / "schemas").is_dir():
        inside = inside.parent
    ead = (inside / "metadata/descriptive/EAD.xml").read_text(encoding="utf-8")
    assert "<mode>03</mode>" in ead
    extra = json.loads((inside / "metadata/descriptive/extra.json").read_text(encoding="utf-8"))
    assert extra[f"{made.dossier.archive_file_code}|secrecy"] == "2"
    verdict = validate(inside)
    assert verdict.origin == "isolated_lan"


@pytest.mark.req("AR-128")
def test_an_index_brings_its_degrees_by_the_ordinary_import(
    isolated_cast: TestHouse, sign_in: SignIn, tmp_path: Path
) -> None:
    from tests.office.importing import address_of

    open_a_fonds(isolated_cast.acting("cuc"), isolated_cast.body("H30.81"))
    desk = sign_in("cuc")
    papers = [
        Paper(),
        Paper(ordinal=2, subject=f"Về {TOKEN}", file="hs01/b.pdf", pdf=batches.stamped_pdf(),
              changes={"Độ mật văn bản": "Tối mật"}),
        Paper(ordinal=3, subject="Ba", file="hs01/c.pdf", lines=["Noi dung ba"]),
    ]  # fmt: skip
    batches.write(tmp_path, papers)
    batch = run(desk.post(NEW, sent(tmp_path))["Location"])
    assert fonds_id()
    assert batch.refused_secret == 0
    assert batch.files.count() == 3
    assert not batch.files.filter(quarantine_id__isnull=False).exists()
    page = desk.get(address_of(batch)).content.decode()
    assert band_of(page).strip().endswith("TỐI MẬT")
    hoa = sign_in("hoa")
    assert hoa.get(address_of(batch)).status_code == 404
    from tangthu.archive.actions.accept_batch import queue_acceptance
    from tangthu.archive.batch.accept import ALL_PROPOSALS
    from tangthu.kernel.jobs import execute

    job = execute(queue_acceptance(isolated_cast.acting("cuc"), batch.pk, ALL_PROPOSALS).id)
    assert job.state == "done", job.message
    degrees = dict(Document.objects.values_list("subject", "secrecy"))
    assert degrees[f"Về {TOKEN}"] == "2"
    assert set(degrees.values()) == {None, "2"}
    assert Document.objects.get(secrecy="2").access_level == "03"
    assert TOKEN not in hoa.get("/tai-lieu/").content.decode()
    assert TOKEN in desk.get("/tai-lieu/").content.decode()
    assert Batch.objects.count() == 1
    assert Dossier.objects.get().secrecy is None


@pytest.mark.req("AR-128")
def test_an_undeclared_stamp_still_waits_for_the_officer(
    isolated_cast: TestHouse, sign_in: SignIn, tmp_path: Path
) -> None:
    open_a_fonds(isolated_cast.acting("cuc"), isolated_cast.body("H30.81"))
    batches.write(tmp_path, [Paper(pdf=batches.stamped_pdf())])
    batch = run(sign_in("cuc").post(NEW, sent(tmp_path))["Location"])
    assert batch.files.filter(quarantine_id__isnull=False).count() == 1


@pytest.mark.req("AR-128")
@pytest.mark.req("RM-630")
def test_clearances_are_decided_by_another_on_a_decision_that_is_kept(
    isolated_cast: TestHouse, sign_in: SignIn
) -> None:
    dung = sign_in("dung")
    hoa = Person.objects.get(account__username="hoa")
    page = dung.get("/duoc-tiep-can/").content.decode()
    assert "Trần Thị Hoa" in page
    assert "Đỗ Thị Lan" not in page, "of another body"
    body = hoa.home_body_id
    asked = {"person": f"{hoa.pk}.{body}", "degree": "1", "decision": "7/QĐ"}
    assert dung.post("/duoc-tiep-can/", {**asked, "decision": ""}).status_code == 422
    assert dung.post("/duoc-tiep-can/", {**asked, "degree": "9"}).status_code == 422
    assert dung.post("/duoc-tiep-can/", asked).status_code == 302
    assert isolated_cast.acting("hoa").viewer.clearance == "", "nobody has confirmed it"
    page = dung.get("/duoc-tiep-can/").content.decode().split("</main>")[0]
    assert "đề nghị đến độ Mật, chờ xác nhận" in page
    (made,) = Clearance.objects.filter(person=hoa)
    for nobody in ("dung", "hoa", "lan"):
        with pytest.raises((Refused, NotFoundForViewer)):
            change_rights.confirm(isolated_cast.acting(nobody), "clearance", made.pk)
    with pytest.raises(NotFoundForViewer):
        change_rights.end(isolated_cast.acting("dung"), "clearance", made.pk)
    page = sign_in("binh").get(f"/quyen/clearance/{made.pk}/").content.decode()
    assert "Được tiếp cận bí mật nhà nước đến độ Mật" in page
    confirmed(isolated_cast, hoa)
    assert isolated_cast.acting("hoa").viewer.clearance == "1"
    told = history(hoa.pk)[-2]
    assert told.kind_name == "identity.person.cleared"
    assert told.fields["detail"]["decision"] == "7/QĐ"
    for other in ("hoa", "cuc"):
        assert sign_in(other).get("/duoc-tiep-can/").status_code == 404
    own = Person.objects.get(account__username="dung")
    with pytest.raises((OwnClearance, NotFoundForViewer)):
        set_clearance(isolated_cast.acting("dung"), own.pk, body_id=body, degree="3", decision="x")
    stranger = Person.objects.get(account__username="lan")
    with pytest.raises(NotFoundForViewer):
        set_clearance(
            isolated_cast.acting("dung"), stranger.pk, body_id=body, degree="3", decision="x"
        )
    decide = partial(set_clearance, isolated_cast.acting("dung"), hoa.pk, body_id=body)
    decide(degree="3", decision="8/QĐ")
    assert isolated_cast.acting("hoa").viewer.clearance == "1", "the lower stands meanwhile"
    decide(degree="2", decision="9/QĐ")
    confirmed(isolated_cast, hoa)
    assert isolated_cast.acting("hoa").viewer.clearance == "2", "what waited before is no more"
    decide(degree="1", decision="10/QĐ")
    assert isolated_cast.acting("hoa").viewer.clearance == "1", "less holds at once"
    change_rights.refuse(
        isolated_cast.acting("binh"), "clearance", Clearance.objects.get(decision="10/QĐ").pk
    )
    decide(degree="", decision="11/QĐ")
    assert isolated_cast.acting("hoa").viewer.clearance == ""
    ended = Clearance.objects.get(person=hoa, decision="7/QĐ")
    assert ended.ended_by == own.pk and ended.waits, "that it ended is to be confirmed"
    assert Clearance.objects.filter(person=hoa).count() == 4
    assert CLEARED


def confirmed(house: TestHouse, person: Person) -> None:
    """The leader of the body confirms what waits of a person's clearances."""
    for one in Clearance.objects.filter(
        person=person, confirmed_at=None, refused_at=None, ended_at=None
    ).select_related("body"):
        who = house.acting("binh") if one.body.code == "H30.81" else SYSTEM
        change_rights.confirm(who, "clearance", one.pk)


@pytest.mark.req("AR-128")
def test_a_clearance_opens_the_secrets_of_the_body_that_gave_it_and_no_others(
    isolated_cast: TestHouse, sign_in: SignIn
) -> None:
    made = secret_dossier(isolated_cast, "3", number="02", token=TOKEN)
    ours, theirs = (isolated_cast.body(code) for code in ("H30.81", "H31.07"))
    minh = Person.objects.get(account__username="minh")
    begun = dt.date(2020, 1, 1)
    appoint(SYSTEM, person=minh, body=ours, position="Cố vấn", role="archivist", since=begun)
    decide = partial(set_clearance, degree="3", decision="9/QĐ")
    decide(isolated_cast.acting("quang"), minh.pk, body_id=theirs.pk)
    confirmed(isolated_cast, minh)
    viewer = isolated_cast.acting("minh").viewer
    assert (viewer.clearance_at(theirs.pk), viewer.clearance_at(ours.pk)) == ("3", "")
    assert viewer.may("quarantine.decide", theirs.pk)
    assert not viewer.may("archive.import", ours.pk)
    assert ours.pk not in viewer.whole_bodies()
    client = sign_in("minh")
    for address in ("/ho-so/", "/ho-so/?secrecy=3", f"/tim/?q={TOKEN}"):
        assert f"Hồ sơ {TOKEN}" not in client.get(address).content.decode(), address
    assert client.get(f"/ho-so/{made.dossier.pk}/").status_code == 404
    open_one = make_dossier(isolated_cast, number="07")
    assert client.post(
        f"/ho-so/{open_one.dossier.pk}/do-mat/", {"degree": "1", "basis": "x"}
    ).status_code == 422  # fmt: skip
    with pytest.raises(NotFoundForViewer):
        decide(isolated_cast.acting("quang"), minh.pk, body_id=ours.pk)
    decide(isolated_cast.acting("dung"), minh.pk, body_id=ours.pk)
    confirmed(isolated_cast, minh)
    assert client.get(f"/ho-so/{made.dossier.pk}/").status_code == 200
    decide(isolated_cast.acting("dung"), minh.pk, body_id=ours.pk, degree="")
    assert isolated_cast.acting("minh").viewer.clearances == ((theirs.pk, "3"),)
    hoa = Person.objects.get(account__username="hoa")
    coming = timezone.localdate() + dt.timedelta(days=1)
    appoint(SYSTEM, person=hoa, body=theirs, position="x", role="clerk", since=coming)
    with pytest.raises(NotFoundForViewer):
        decide(isolated_cast.acting("quang"), hoa.pk, body_id=theirs.pk)


@pytest.mark.req("AR-128")
def test_commands_are_cut_to_the_clearance_too(isolated_cast: TestHouse) -> None:
    from tests.support.commands import call

    secret_dossier(isolated_cast, "2", number="02", token=TOKEN)
    for name, seen in (("hoa", False), ("binh", True), ("cuc", True)):
        done = call(isolated_cast, "--as", name, "search", TOKEN, "--json")
        assert (TOKEN in done.stdout) is seen, name
    told = call(isolated_cast, "check", "--json")
    assert json.loads(told.stdout)["mode"] == "isolated_lan"
    given = call(
        isolated_cast, "--as", "dung", "clearance", "hoa", "2", "--decision", "9/QĐ", "--json"
    )
    assert given.returncode == 0, given.stderr
    done = call(isolated_cast, "--as", "hoa", "search", TOKEN, "--json")
    assert TOKEN not in done.stdout
    confirmed(isolated_cast, Person.objects.get(account__username="hoa"))
    done = call(isolated_cast, "--as", "hoa", "search", TOKEN, "--json")
    assert TOKEN in done.stdout


@pytest.mark.req("AR-128")
def test_the_demonstrations_archivists_and_leaders_are_cleared_and_nobody_else(
    isolated_cast: TestHouse,
) -> None:
    from tangthu.faces.cli import demonstration
    from tangthu.identity.models import Clearance
    from tangthu.identity.queries import viewer_named

    people = tuple((f"thu-{role}", "Lê Thị Thử", "Chức vụ", role)
                   for role in ("clerk", "leader", "archivist", "administrator"))  # fmt: skip
    plan = demonstration._BodyPlan("H99", "001.03.99", "Xã Thử", "Xã Thử", people)
    before = Clearance.objects.count()
    for _again in range(2):
        demonstration._people(plan, {one[0]: "mat-khau-thu-nghiem" for one in people})
    held = {one[3]: viewer_named(one[0]).clearance for one in people}  # type: ignore[union-attr]
    assert held == {"clerk": "", "leader": "3", "archivist": "3", "administrator": ""}
    assert Clearance.objects.count() == before + 2
    assert viewer_named("thu-archivist").may_anywhere("archive.import")  # type: ignore[union-attr]
