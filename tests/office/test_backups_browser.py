"""The pages of backups in a browser: readable for all, quiet, no wider than their window."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import override_settings

from tangthu.backup.actions.order_backup import order_backup, order_drill, order_scan
from tangthu.kernel.jobs import execute
from tests.support.clamd import scanner
from tests.support.everything import restored
from tests.support.house import TestHouse
from tests.support.server import DESKTOP, PHONE, Visitor, serve


def test_the_pages_of_backups_are_accessible_on_every_window(
    cast: TestHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, browser: object
) -> None:
    who = cast.acting("dung")
    made = execute(order_backup(who, tmp_path, queued=False).id)
    trial = execute(order_drill(who, tmp_path / made.result["set"], queued=False).id)
    assert trial.result["ok"]
    with scanner(tmp_path) as clamd, override_settings(CLAMD=str(clamd.path)):
        clamd.says = "stream: Win.Test.EICAR_HDB-1 FOUND"
        scan = execute(order_scan(who, tmp_path / made.result["set"], queued=False).id)
        assert scan.result["infected"]
    report = f"/sao-luu/phuc-hoi/{restored().pk}/"
    monkeypatch.setenv("TANGTHU_BACKUP_TO", str(tmp_path))
    with serve(cast) as server:
        for size in (DESKTOP, PHONE):
            visitor = Visitor(browser, server, size).sign_in("dung")  # type: ignore[arg-type]
            for address in (
                "/sao-luu/",
                f"/sao-luu/thu/{trial.pk}/",
                f"/sao-luu/quet/{scan.pk}/",
                report,
            ):
                visitor.go(address)
                assert visitor.axe() == [], address
                assert visitor.overflow() <= 0, address
                assert visitor.complaints == [], address
            visitor.close()
