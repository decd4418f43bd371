"""The job that brings every package that a store does not have yet into it.

What is missing is asked of the catalogue, so that a job that was stopped or killed goes on with
what is left. New packages go into the store by themselves meanwhile.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from tangthu.identity.acting import Acting
from tangthu.identity.models import Person
from tangthu.identity.queries import viewer_of
from tangthu.kernel.errors import HouseError, NotFinished, Refused
from tangthu.kernel.job_rows import About, Outcome, Row
from tangthu.kernel.jobs import Running
from tangthu.repository.actions.copy_package import Copied, copy_package
from tangthu.repository.actions.settle_store import settle_joined
from tangthu.repository.models import Package, Store
from tangthu.repository.stores import StoreUnusable, in_use, missing_in
from tangthu.repository.throttle import Throttle
from tangthu.ui import formats

_PORTION = 500
# As many in a row that fail, and it is the store, not the packages: the job stops and says so.
_FAILURES = 20


def run_copy(running: Running) -> dict[str, Any]:
    """Job `repository.copy`; `args`: store (its uid). Answers with what was and was not copied."""
    acting = _who(running)
    store = in_use().filter(uid=uuid.UUID(running.args["store"])).first()
    if store is None:
        raise Refused(_("Kho này không còn được dùng."), hint=_("Xem trang Kho lưu trữ."))
    answer: dict[str, Any] = running.job.result or {
        "copied": 0, "bytes": 0, "withheld": 0, "failed": 0,
    }  # fmt: skip
    # A run that goes on tries again what an earlier one could not copy.
    answer["withheld"] = answer["failed"] = 0
    total = answer["copied"] + missing_in(store).count()
    done = answer["copied"]
    in_a_row = 0
    slow = Throttle(store.pace)

    def tell(force: bool = False) -> None:
        running.progress(done, max(total, done), "gói", force=force)

    tell(force=True)
    for package_id in _in_order(store):

        def kept(package: Package, copied: Copied, answer: dict[str, Any] = answer) -> None:
            running.keep(
                {
                    **answer,
                    "copied": answer["copied"] + 1,
                    "bytes": answer["bytes"] + copied.size,
                }
            )
            words = _("từ kho {name}, {size}").format(
                name=copied.source, size=formats.file_size(copied.size)
            )
            running.rows(_row(package, Outcome.DONE, words))

        try:
            copied = copy_package(acting, store, package_id, kept)
        except (NotFinished, StoreUnusable):
            raise
        except (HouseError, OSError) as error:  # of the copies that it was to be made from
            answer["failed"] += 1
            in_a_row += 1
            words = str(error) if isinstance(error, HouseError) else error.strerror or "OSError"
            running.rows(_row(Package.objects.get(pk=package_id), Outcome.FAILED, words))
            if in_a_row >= _FAILURES:
                raise
        else:
            in_a_row = 0
            if copied.outcome == "copied":
                answer = running.job.result
            elif copied.outcome == "withheld":
                answer["withheld"] += 1
                package = Package.objects.get(pk=package_id)
                words = _("có tài liệu đang bị giữ lại vì nghi chứa bí mật")
                running.rows(_row(package, Outcome.WARNED, words))
            slow.spent(copied.size, tell)
        done += 1
        tell()
    tell(force=True)
    settle_joined(acting, store)
    return answer


def _row(package: Package, outcome: Outcome, words: str) -> Row:
    return Row(
        key=str(package.pk),
        outcome=outcome,
        message=words,
        label=package.objid,
        about=About.DOSSIER,
        about_id=package.dossier_id,
    )


def _in_order(store: Store) -> Iterator[uuid.UUID]:
    """The packages that are missing, each once, also when it could not be copied."""
    after = uuid.UUID(int=0)
    while True:
        found = list(
            missing_in(store)
            .filter(pk__gt=after)
            .order_by("pk")
            .values_list("pk", flat=True)[:_PORTION]
        )
        if not found:
            return
        yield from found
        after = found[-1]


def _who(running: Running) -> Acting:
    if running.job.person_id is None:
        raise Refused(_("Công việc này không nói ai làm, ở cơ quan nào."))
    return Acting(viewer_of(Person.objects.get(pk=running.job.person_id)), "job")
