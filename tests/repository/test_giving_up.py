"""A store is given up only while the others can be counted on; its folders are closed to others."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from pathlib import Path

import pytest

from tangthu.kernel.jobs import execute
from tangthu.repository import hazards
from tangthu.repository.actions.copy_store import order_copy
from tangthu.repository.actions.register_store import StoreFacts, add_store
from tangthu.repository.actions.retire_store import why_not_retired
from tangthu.repository.checks import look
from tangthu.repository.models import Copy, Store
from tests.support.house import TestHouse
from tests.support.records import make_dossier, sealed_package, signed_events


@pytest.mark.req("AR-85")
def test_a_store_is_not_given_up_for_others_that_are_away_unread_or_on_one_disk(
    cast: TestHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = os.umask(0o022)
    try:
        sealed_package(cast, make_dossier(cast))
        signed_events()
        path = tmp_path / "disk" / "kho-ccc"
        path.parent.mkdir()
        store = add_store(cast.acting("dung"), name="kho-ccc", path=str(path), facts=StoreFacts())
        assert execute(order_copy(cast.acting("dung"), store.uid, queued=False).id).state == "done"
    finally:
        os.umask(old)
    # What lies outside the home is closed to other accounts, and told if it is not.
    folders = [path, path.with_name("kho-ccc.beside"), path.with_name(".kho-ccc.staging")]
    assert [one.stat().st_mode & 0o777 for one in folders] == [0o700] * 3
    path.chmod(0o755)
    assert [one.message for one in look(None) if "chmod" in one.remedy] == [
        f"Thư mục {path} có quyền 755."
    ]
    path.chmod(0o700)

    second = Store.objects.get(name="kho-b")
    assert not why_not_retired(second)
    Copy.objects.filter(store=store).update(
        verified_at=dt.datetime.now(dt.UTC) - dt.timedelta(days=41)
    )
    assert "chưa được kiểm tra trong 40 ngày" in str(why_not_retired(second))
    Copy.objects.update(verified_at=dt.datetime.now(dt.UTC))
    # The one to be given up is the only one on a disk of its own.
    with monkeypatch.context() as disks:
        disks.setattr(hazards, "_disk", lambda one: 2 if one.name == "kho-b" else 1)
        assert "chung một ổ đĩa" in str(why_not_retired(second))
        disks.setattr(hazards, "_disk", lambda one: 2 if one.name == "kho-a" else 1)
        assert not why_not_retired(second)
    shutil.rmtree(cast.home.stores / "kho-a")
    assert "kho-a không mở được" in str(why_not_retired(second))
