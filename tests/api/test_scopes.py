"""What a key may do with what belongs to its person: within its scopes as everywhere."""

from __future__ import annotations

from tangthu.archive.actions.seal_dossier import queue_sealing
from tangthu.bulk.actions.choose_rows import choose_marked
from tangthu.bulk.actions.confirm_act import confirm_act
from tangthu.bulk.actions.preview_act import preview_act
from tangthu.kernel.models import Job
from tangthu.reports.actions.keep_views import save_view
from tangthu.reports.actions.order_export import order_export
from tangthu.reports.models import SavedView
from tests.support.house import TestHouse
from tests.support.programs import program
from tests.support.records import make_dossier


def test_saved_searches_are_for_keys_that_read(cast: TestHouse) -> None:
    view = save_view(
        cast.acting("cuc"), name="x", source="dossiers", query="q=bí mật", shared_with=None
    )
    auditor = program(cast, "cuc", ["repository.audit"])
    for method, path in (
        ("GET", "/views"), ("GET", f"/views/{view.pk}"), ("DELETE", f"/views/{view.pk}"),
    ):  # fmt: skip
        assert auditor.ask(method, path).status_code == 403, (method, path)
    given = {"name": "y", "source": "dossiers"}
    assert auditor.ask("POST", "/views", given).status_code == 403
    assert auditor.ask("PATCH", f"/views/{view.pk}", {"name": "y"}).status_code == 403
    assert SavedView.objects.get().name == "x"
    reader = program(cast, "cuc", ["read.public"])
    assert [one["name"] for one in reader.get("/views")["items"]] == ["x"]
    assert reader.ask("DELETE", f"/views/{view.pk}").status_code == 204


def test_work_is_stopped_by_a_key_of_the_right_that_orders_such_work(cast: TestHouse) -> None:
    made = make_dossier(cast)
    cuc = cast.acting("cuc")
    sealing = queue_sealing(cuc, made.dossier.pk)
    _export, exporting = order_export(
        cuc, source="dossiers", pairs={}, columns=[], format_="doc", queued=False
    )
    bulk = choose_marked(cuc, "dossiers", [made.dossier.pk])
    done = preview_act(cuc, bulk.pk, "describe", {"field": "keywords", "value": "x"})
    acting = confirm_act(cuc, bulk.pk, done.digest, queued=False)[1]
    needs = {sealing: "archive.seal", exporting: "read.public", acting: "archive.describe"}
    for job, right in needs.items():
        for other in {"read.conditional", *needs.values()} - {right}:
            key = program(cast, "cuc", [other])
            assert key.ask("POST", f"/jobs/{job.pk}/stop", {}).status_code == 403, (right, other)
            assert not Job.objects.get(pk=job.pk).stop_requested
        key = program(cast, "cuc", [right])
        assert key.ask("POST", f"/jobs/{job.pk}/stop", {}).status_code == 202, right
        assert Job.objects.get(pk=job.pk).stop_requested
    # Who looks after the work of the body stops it, but for what is private.
    again = queue_sealing(cuc, made.dossier.pk)
    auditor = program(cast, "cuc", ["repository.audit"])
    assert auditor.ask("POST", f"/jobs/{again.pk}/stop", {}).status_code == 202
    _export, exporting = order_export(
        cuc, source="dossiers", pairs={}, columns=[], format_="doc", queued=False
    )
    assert auditor.ask("POST", f"/jobs/{exporting.pk}/stop", {}).status_code == 403
