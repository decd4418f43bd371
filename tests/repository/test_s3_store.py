"""A bucket of a real S3 server as a further store: nothing is believed that was not read back."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import ocfl as ocfl_py
import pytest
from django.test import override_settings
from django.utils import timezone

from tangthu.archive.actions.seal_dossier import queue_sealing
from tangthu.kernel import jobs, s3, s3_client
from tangthu.kernel.errors import InvalidInput
from tangthu.kernel.models import Job
from tangthu.kernel.s3_places import BadPlace, Keys, Place, keys_file
from tangthu.kernel.stores import StoreDamaged
from tangthu.ledger.history import history
from tangthu.repository.actions.check_package import check_package
from tangthu.repository.actions.copy_store import order_copy
from tangthu.repository.actions.order_check import order_check
from tangthu.repository.actions.register_store import StoreFacts, add_store, change_store
from tangthu.repository.actions.retire_store import retire_store
from tangthu.repository.buckets import folder_of, key_of, make_bucket, open_bucket
from tangthu.repository.checks import look
from tangthu.repository.fixity import check_copies, copies_of
from tangthu.repository.models import Copy, Package, Store
from tangthu.repository.stores import StoreUnusable, object_root
from tangthu.standards import ocfl
from tests.support.cutting import cutting
from tests.support.house import TestHouse
from tests.support.records import MadeDossier, make_dossier
from tests.support.seaweed import ACCESS, SECRET, Seaweed, seaweed

GIVEN = {"reason": "Hết hợp đồng", "decision": "QĐ 12/QĐ-LT ngày 02/09/2025"}
PLAIN, LOCKED = "luu-tru", "khoa"


@pytest.fixture(scope="module")
def weed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seaweed]:
    """One server for this file, with a plain bucket and one that can lock."""
    with seaweed(tmp_path_factory.mktemp("weed") / "server") as server:
        server.client().create_bucket(Bucket=PLAIN)
        server.client().create_bucket(Bucket=LOCKED, ObjectLockEnabledForBucket=True)
        yield server


def write_keys(
    house: TestHouse, name: str, secret: str = SECRET, mode: int = 0o600, more: str = ""
) -> None:
    path = keys_file(name)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_text(f'access_key = "{ACCESS}"\nsecret_key = "{secret}"\n{more}\n')
    path.chmod(mode)


def seal(house: TestHouse, made: MadeDossier) -> Package:
    job = jobs.execute(queue_sealing(house.acting("cuc"), made.dossier.pk).id)
    assert job.state == Job.State.DONE, job.message
    return Package.objects.get(dossier_id=made.dossier.pk)


def added(
    house: TestHouse, endpoint: str, bucket: str = PLAIN, prefix: str = "", **facts: Any
) -> Store:
    write_keys(house, "kho-s3")
    return add_store(
        house.acting("dung"),
        name="kho-s3",
        path=f"{endpoint}/{bucket}/{prefix or uuid.uuid4().hex}",
        facts=StoreFacts(**facts),
        kind=Store.Kind.S3,
    )


def copied(house: TestHouse, store: Store) -> Job:
    return jobs.execute(order_copy(house.acting("dung"), store.uid).id)


def download(store: Store, into: Path) -> Path:
    """The whole prefix as a folder."""
    bucket = open_bucket(store)
    for one in bucket.inside.list(""):
        path = into / one.key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"".join(bucket.inside.read(one.key)))
    return into


def check(house: TestHouse, *, repair: bool) -> Any:
    job = jobs.execute(order_check(house.acting("cuc"), repair=repair).id)
    assert job.state == Job.State.DONE, job.message
    return job.result


@pytest.mark.req("AR-85", "AR-98")
def test_a_bucket_gets_every_package_and_two_validators_find_an_ocfl_root_in_it(
    cast: TestHouse, weed: Seaweed, tmp_path: Path
) -> None:
    first = seal(cast, make_dossier(cast, number="01"))
    store = added(cast, weed.endpoint)
    assert store.state == Store.State.JOINING
    job = copied(cast, store)
    assert (job.state, job.result["copied"]) == (Job.State.DONE, 1), job.message
    store.refresh_from_db()
    assert store.state == Store.State.ACTIVE
    # What is sealed from now on goes there by itself, and so does a further version.
    second = seal(cast, make_dossier(cast, number="02"))
    assert Copy.objects.filter(store=store, state=Copy.State.GOOD).count() == 2
    there = download(store, tmp_path / "there")
    assert [one for one in ocfl.validate_root(there) if one.severity == "error"] == []
    for package in (first, second):
        place = there / folder_of(package.objid)
        assert ocfl_py.Object().validate(str(place))[0]
        here = object_root(Store.objects.get(name="kho-a"), package)
        names = {path.relative_to(here) for path in here.rglob("*") if path.is_file()}
        assert names == {path.relative_to(place) for path in place.rglob("*") if path.is_file()}
        assert all((here / one).read_bytes() == (place / one).read_bytes() for one in names)
    assert check(cast, repair=False)["found"] == 0
    alone = jobs.execute(order_check(cast.acting("cuc"), repair=False, store=store).id).result
    assert (alone["objects"], alone["found"]) == (2, 0)
    # The keys are nowhere but in their file.
    told = str([one.fields for one in history(store.uid)]) + str(Store.objects.values())
    assert ACCESS not in told and SECRET not in told and SECRET not in repr(Keys(ACCESS, SECRET))
    jobs.execute(retire_store(cast.acting("dung"), store.uid, **GIVEN).id)
    store.refresh_from_db()
    assert store.state == Store.State.RETIRED
    assert ocfl.validate_root(download(store, tmp_path / "after")), "its bytes are not touched"


@pytest.mark.req("RM-950", "AR-92")
def test_damage_in_a_bucket_and_in_folders_is_found_and_mended_from_each_other(
    cast: TestHouse, weed: Seaweed
) -> None:
    package = seal(cast, make_dossier(cast, number="01"))
    store = added(cast, weed.endpoint)
    copied(cast, store)
    bucket = open_bucket(store)
    paths = sorted(bucket.listing(package.objid))
    content = [path for path in paths if "/data/" in path]
    prefix = bucket.inside.place.prefix
    client = weed.client()

    def spoil(path: str, data: bytes | None) -> None:
        at = {"Bucket": PLAIN, "Key": f"{prefix}/{key_of(package.objid, path)}"}
        client.delete_object(**at) if data is None else client.put_object(**at, Body=data)

    spoil(content[0], b"%PDF-1.4 changed on the server")
    spoil("inventory.json", b"{}")
    spoil("0=ocfl_object_1.1", None)
    spoil("v1/content/stray.txt", b"nobody's")
    found = check(cast, repair=False)
    status = {one["path"]: one["status"] for one in found["bad"]}
    assert status == {
        content[0]: "changed",
        "inventory.json": "changed",
        "0=ocfl_object_1.1": "missing",
        "v1/content/stray.txt": "extra",
    }
    assert {one["store"] for one in found["bad"]} == {"kho-s3"} and not found["unrepairable"]
    mended = check(cast, repair=True)
    assert {one["path"] for one in mended["repaired"]} == set(status)
    assert check(cast, repair=False)["found"] == 0
    assert b"nobody's" in [b"".join(bucket.beside.read(one.key)) for one in bucket.beside.list("")]
    notes = b"".join(bucket.beside.read(key_of(package.objid, "events.jsonl")))
    assert b"repository.package.repaired" in notes
    # Both folders lose the same content: the bucket has it.
    for name in ("kho-a", "kho-b"):
        here = object_root(Store.objects.get(name=name), package)
        (here / content[0]).write_bytes(b"%PDF rotten")
    (object_root(Store.objects.get(name="kho-b"), package) / "inventory.json").unlink()
    mended = check(cast, repair=True)
    assert {one["store"] for one in mended["repaired"]} == {"kho-a", "kho-b"}
    # The bucket lost the object as a whole.
    for path in paths:
        spoil(path, None)
    assert [one["status"] for one in check(cast, repair=False)["bad"]] == ["missing"]
    assert check(cast, repair=True)["repaired"]
    assert check(cast, repair=False)["found"] == 0
    assert sorted(bucket.listing(package.objid)) == paths
    # An object that nobody knows.
    stranger = folder_of("urn:uuid:00000000-0000-4000-8000-000000000001")
    client.put_object(Bucket=PLAIN, Key=f"{prefix}/{stranger}/0=ocfl_object_1.1", Body=b"x")
    assert [one["status"] for one in check(cast, repair=False)["bad"]] == ["unknown"]


def test_over_tls_only_a_server_whose_authority_is_known_is_talked_to(
    weed: Seaweed, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What others have set up on this machine is not asked.
    for name, value in {
        "AWS_PROFILE": "khong-co", "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "HTTPS_PROXY": "http://127.0.0.1:9", "AWS_ACCESS_KEY_ID": "khac",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    place = Place.parse(f"{weed.endpoint_tls}/{PLAIN}/tls")
    known = s3.S3Store(place, Keys(ACCESS, SECRET, ca_file=str(weed.ca_file)))
    assert known.put("a", [b"a"], sha256=hashlib.sha256(b"a").hexdigest()).size == 1
    with pytest.raises(StoreDamaged):
        known.send("b", b"b", sha256=hashlib.sha256(b"a").hexdigest())
    with pytest.raises(s3_client.Unreachable):
        s3.S3Store(place, Keys(ACCESS, SECRET), patient=False).require_bucket()
    named = Place.parse(f"https://localhost:{weed.port_tls}/{PLAIN}/tls")
    with pytest.raises(s3_client.Unreachable):  # its certificate is for another name
        s3.S3Store(
            named, Keys(ACCESS, SECRET, ca_file=str(weed.ca_file)), patient=False
        ).require_bucket()


def test_a_wrong_checksum_is_refused_by_the_server_and_other_bytes_by_us(weed: Seaweed) -> None:
    store = s3.S3Store(Place.parse(f"{weed.endpoint}/{PLAIN}/sums"), Keys(ACCESS, SECRET))
    right = hashlib.sha256(b"a").hexdigest()
    with pytest.raises(StoreDamaged):
        store.send("x/y", b"b", sha256=right)
    with pytest.raises(s3.NotThese):
        store.put("x/y", [b"b"], sha256=right)
    assert store.stat("x/y") is None and list(store.list("")) == []
    # What is larger than a request goes in parts; a part of what failed is not left lying about.
    large = os.urandom(2 * s3.PART + 1)
    with pytest.raises(s3.NotThese):
        store.put("x/z", [large], sha256=right)
    assert not weed.client().list_multipart_uploads(Bucket=PLAIN).get("Uploads")
    sha256 = hashlib.sha256(large).hexdigest()
    assert store.put("x/ê %41", [large[:7], large[7:]], sha256=sha256).size == len(large)
    assert hashlib.sha256(b"".join(store.read("x/ê %41"))).hexdigest() == sha256
    assert [one.key for one in store.list("x")] == ["x/ê %41"]
    weed.client().create_multipart_upload(Bucket=PLAIN, Key="sums/left")
    assert store.abort_leftovers(timezone.now()) == 0, "somebody may be at it"
    assert store.abort_leftovers(timezone.now() + dt.timedelta(days=2)) == 1
    store.remove("x/ê %41")
    assert list(store.list("")) == []


def test_after_a_lost_answer_the_same_thing_is_done_again_and_stands_there_once(
    cast: TestHouse, weed: Seaweed, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Between two tries the library waits up to seconds; here nothing gets better by waiting.
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda seconds: None))
    packages = [seal(cast, make_dossier(cast, number=number)) for number in ("01", "02")]
    with cutting(weed.port) as way:
        store = added(cast, way.endpoint)
        way.cuts = 1  # it is asked again: nobody notices
        assert copied(cast, store).result["copied"] == 2
        assert way.lost == 1
        third = make_dossier(cast, number="03")
        way.cuts = 3  # as often as it is asked
        job = jobs.execute(queue_sealing(cast.acting("cuc"), third.dossier.pk).id)
        assert (job.state, way.lost) == (Job.State.FAILED, 4)
        assert "kho-s3" in job.message and "không trả lời" in job.message and job.hint
        assert not Package.objects.filter(dossier_id=third.dossier.pk).exists()
        assert check(cast, repair=False)["found"] == 0, "what was half sent is nobody's damage"
        packages.append(seal(cast, third))
        assert check(cast, repair=True)["found"] == 0
        assert list(open_bucket(store).objects()) == sorted(
            folder_of(package.objid) for package in packages
        )
    # The way is closed now: words, no trace, and nothing is called bad.
    found = check_package(cast.acting("cuc"), packages[0].pk, repair=True)
    assert not found.bad and {one[0] for one in found.unchecked} == {"kho-s3"}
    with pytest.raises(StoreUnusable, match="kho-s3"):
        open_bucket(store)


@pytest.mark.req("RM-950")
def test_a_locked_object_cannot_be_deleted_and_its_lock_is_prolonged_in_time(
    cast: TestHouse, weed: Seaweed, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tangthu.kernel import clock

    package = seal(cast, make_dossier(cast, number="01"))
    with pytest.raises(InvalidInput) as refused:
        added(cast, weed.endpoint, PLAIN, lock_days=100)
    assert set(refused.value.problems) == {"lock_days"}
    store = added(cast, weed.endpoint, LOCKED, lock_days=100)
    copied(cast, store)
    client, bucket = weed.client(), open_bucket(store)
    prefix = f"{bucket.inside.place.prefix}/{folder_of(package.objid)}/"
    versions = client.list_object_versions(Bucket=LOCKED, Prefix=prefix)["Versions"]
    assert len(versions) == len(bucket.listing(package.objid))
    for one in versions:
        with pytest.raises(client.exceptions.ClientError, match="AccessDenied"):
            client.delete_object(Bucket=LOCKED, Key=one["Key"], VersionId=one["VersionId"])
    keys = [key_of(package.objid, path) for path in bucket.listing(package.objid)]
    first = {key: bucket.inside.locked_until(key) for key in keys}
    assert all(until and until > timezone.now() + dt.timedelta(days=99) for until in first.values())
    assert check(cast, repair=True)["found"] == 0
    assert {key: bucket.inside.locked_until(key) for key in keys} == first
    # Half of it is over.
    later = clock.now() + dt.timedelta(days=60)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert check_package(cast.acting("cuc"), package.pk, repair=False).words == "nguyên vẹn"
    assert {key: bucket.inside.locked_until(key) for key in keys} == first
    assert check_package(cast.acting("cuc"), package.pk, repair=True).prolonged == len(keys)
    for key in keys:
        until = bucket.inside.locked_until(key)
        assert until is not None and until > later + dt.timedelta(days=99)
    event = [one for one in history(package.pk) if one.kind_name.endswith(".checked")][-1]
    assert event.fields["detail"]["prolonged"] == len(keys)
    assert not [one for one in look(None) if "chống xóa" in str(one.message)]
    change_store(cast.acting("dung"), store.uid, StoreFacts())
    told = [one for one in look(None) if "không khóa chống xóa" in str(one.message)]
    assert [one.level for one in told] == ["note"]
    # A bucket that cannot lock what has to be locked takes nothing, and says so.
    Store.objects.filter(pk=store.pk).update(lock_days=100, path=f"{weed.endpoint}/{PLAIN}/tro")
    store.refresh_from_db()
    make_bucket(store)
    told = [one for one in look(None) if "bucket không bật khóa" in str(one.message)]
    assert [one.level for one in told] == ["error"]


@pytest.mark.req("AR-128")
def test_an_address_that_must_not_be_and_keys_that_others_may_read_are_refused(
    cast: TestHouse, weed: Seaweed
) -> None:
    for url in (
        "ftp://127.0.0.1/luu-tru/kho", "https://u:p@10.0.0.5/luu-tru/kho", "https://10.0.0.5",
        "https://10.0.0.5/luu-tru", "https://10.0.0.5/luu-tru/../kho", "https://10.0.0.5/L/kho",
        "https://10.0.0.5:x/luu-tru/kho", "https://10.0.0.5/luu-tru/kho?x=1", "/luu-tru/kho",
    ):  # fmt: skip
        with pytest.raises(BadPlace):
            Place.parse(url)
    with pytest.raises(BadPlace, match="https"):
        Place.parse("http://10.0.0.5/luu-tru/kho").require_allowed()
    outside = Place.parse("https://s3.example.vn/luu-tru/kho")
    outside.require_allowed()
    with override_settings(DEPLOYMENT_MODE="isolated_lan"):
        for url in ("https://s3.example.vn/luu-tru/kho", "https://203.0.113.5/luu-tru/kho"):
            with pytest.raises(BadPlace, match="nội bộ"):
                Place.parse(url).require_allowed()
        Place.parse(f"{weed.endpoint}/luu-tru/kho").require_allowed()
    store = added(cast, weed.endpoint)
    assert open_bucket(store).store == store
    for write, words in (
        (lambda: write_keys(cast, "kho-s3", mode=0o640), "người khác đọc được"),
        (lambda: write_keys(cast, "kho-s3", secret="sai-khoa"), "từ chối"),
        (lambda: keys_file("kho-s3").write_text("x = 1"), "không đúng mẫu"),
        (lambda: write_keys(cast, "kho-s3", more='ca_file = "/x"'), "tệp chứng thư"),
        (lambda: keys_file("kho-s3").unlink(), "Chưa có tệp khóa"),
    ):
        write()
        with pytest.raises(StoreUnusable) as refused:
            open_bucket(store)
        assert words in str(refused.value) and "sai-khoa" not in str(refused.value)
    write_keys(cast, "kho-s3")
    with override_settings(DEPLOYMENT_MODE="isolated_lan"), pytest.raises(StoreUnusable):
        open_bucket(store)  # it bears the mark of a connected house
    for path, words in (
        (store.path + "/trong", "trùng hoặc lồng"),
        (f"{weed.endpoint}/{PLAIN}/sums/x", ""),
        (f"{weed.endpoint}/khong-co/x", "không có bucket này"),
    ):
        write_keys(cast, "kho-d")
        if not words:
            other = s3.S3Store(Place.parse(path), Keys(ACCESS, SECRET))
            other.put("a.txt", [b"a"], sha256=hashlib.sha256(b"a").hexdigest())
        with pytest.raises(InvalidInput) as wrong:
            add_store(cast.acting("dung"), name="kho-d", path=path, facts=StoreFacts(), kind="s3")
        assert set(wrong.value.problems) == {"path"}
        assert words in str(wrong.value.problems["path"][0])
    assert Store.objects.count() == 3
    with pytest.raises(InvalidInput):
        change_store(cast.acting("dung"), store.uid, StoreFacts(lock_days=100))
    assert check_copies(copies_of(seal(cast, make_dossier(cast, number="01"))))[-1].whole
