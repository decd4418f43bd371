"""Reading a whole store and entering what it holds in the catalogue: the job, and the look before.

What is there already is asked of the catalogue, so that a job that was stopped or killed goes on
with what is left, and a second run makes nothing twice.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from django.utils.translation import gettext as _

from tangthu.archive.actions.rebuild_package import (
    Rebuilt,
    bodies_with_own,
    body_of,
    rebuild_package,
    require_empty,
    require_other_log,
)
from tangthu.archive.checking import acting_of_job
from tangthu.archive.rebuilt import Found, NotUnderstood, understood
from tangthu.capture import text as texts
from tangthu.capture.workers import open_sandbox
from tangthu.kernel.errors import Refused
from tangthu.kernel.job_rows import About, Outcome, Row
from tangthu.kernel.jobs import Running
from tangthu.kernel.models import JobRow
from tangthu.kernel.sandbox import Sandbox, SandboxError
from tangthu.repository.actions.settle_store import settle_joined
from tangthu.repository.closed_beside import read_closed
from tangthu.repository.models import Copy, Package, Store
from tangthu.repository.stored import NotOurs, StoredObject
from tangthu.repository.stores import beside, in_use, open_store
from tangthu.standards import ocfl
from tangthu.standards.premis import PremisError
from tangthu.standards.tt05.errors import PackageUnreadableError
from tangthu.standards.xml import XmlError

_PDF = "application/pdf"
_SHOWN = 5
_MOST = 1000


_NOTHING = {"there": 0, "damaged": 0, "not_understood": 0}


class Damaged(Exception):
    """A package that is not what its inventory says; the words name the places."""


@dataclass(frozen=True, slots=True)
class Looked:
    """A package that was read to the last byte. `strays`: files that do not belong into it."""

    stored: StoredObject
    found: Found
    strays: Sequence[str]


def look(store: Store, place: Path, *, whole: bool = True) -> Looked:
    """Read a package and say what it preserves; `whole` False reads its descriptions only.

    Raises Damaged or NotUnderstood.
    """
    try:
        stored = StoredObject(place)
        if open_store(store).path_of(stored.objid) != place:
            raise NotUnderstood(_("gói không nằm ở chỗ của nó trong kho"))
        wrong = stored.damage() if whole else []
        bad = [f"{path}: {status}" for path, status in wrong if status != "extra"]
        if bad:
            raise Damaged("; ".join(bad[:_SHOWN]))
        stored.versions()
        found = understood(stored, read_closed(beside(store, stored.objid)))
    except NotOurs:
        raise NotUnderstood(_("không phải gói do phần mềm này lưu")) from None
    except (ocfl.OcflError, OSError) as error:
        raise Damaged(type(error).__name__) from error
    except (PackageUnreadableError, PremisError, XmlError) as error:
        raise NotUnderstood(_("không đọc được siêu dữ liệu của gói")) from error
    except ValueError as error:
        raise NotUnderstood(_("ghi chú closed.json cạnh gói không đọc được")) from error
    return Looked(stored, found, [path for path, status in wrong if status == "extra"])


def run_rebuild(running: Running) -> dict[str, Any]:
    """Job `archive.rebuild`; `args`: store (its uid). Answers with what became of its packages."""
    acting = acting_of_job(running)
    store = in_use().filter(uid=uuid.UUID(running.args["store"])).first()
    if store is None:
        raise Refused(_("Kho này không còn được dùng."), hint=_("Xem trang Kho lưu trữ."))
    answer: dict[str, Any] = running.job.result or {
        "made": 0, "documents": 0, "copies": 0, "inexact": 0,
    }  # fmt: skip
    # A run that goes on looks again at what an earlier one could not make.
    answer |= _NOTHING
    own = bodies_with_own()
    total = sum(1 for _place in open_store(store).objects())
    with open_sandbox() as sandbox:
        for done, place in enumerate(open_store(store).objects()):
            running.progress(done, total, "gói", force=done == 0)
            objid = unquote(place.name)
            if Copy.objects.filter(package__objid=objid, store=store).exists():
                answer["there"] += 1
                continue

            def kept(rebuilt: Rebuilt, objid: str = objid, answer: dict[str, Any] = answer) -> None:
                running.keep(_with(answer, rebuilt))
                running.rows(_row(objid, rebuilt))

            try:
                looked = look(store, place)
                rebuild_package(
                    acting,
                    store,
                    looked.stored,
                    looked.found,
                    _texts(looked, sandbox),
                    own=own,
                    strays=looked.strays,
                    also=kept,
                )
            except (Damaged, NotUnderstood) as error:
                answer[problem_kind(error)] += 1
                outcome = Outcome.FAILED if isinstance(error, Damaged) else Outcome.REFUSED
                running.rows(Row(key=objid, outcome=outcome, message=str(error), label=objid))
            else:
                answer = running.job.result
    running.progress(total, total, "gói", force=True)
    settle_joined(acting, store)
    return answer


def problems_of(job_id: uuid.UUID) -> list[dict[str, str]]:
    """The packages of which a rebuild made nothing, with why; as `check` tells them."""
    kinds = {Outcome.FAILED: "damaged", Outcome.REFUSED: "not_understood"}
    rows = JobRow.objects.filter(job=job_id, outcome__in=kinds).order_by("key")[:_MOST]
    return [
        {"package": row.key, "what": kinds[Outcome(row.outcome)], "why": row.message}
        for row in rows
    ]


def problem_kind(error: Damaged | NotUnderstood) -> str:
    """How the answers call it."""
    return "damaged" if isinstance(error, Damaged) else "not_understood"


def check(store: Store) -> dict[str, Any]:
    """What `run_rebuild` would do with a store that need not be registered; writes nothing.

    Packages whose body is not opened, or that would be refused, are told as not understood.
    """
    answer: dict[str, Any] = {"made": 0, "documents": 0, "copies": 0, "inexact": 0, **_NOTHING}
    problems = []
    own = bodies_with_own()
    known = Copy.objects.filter(store__path=store.path)
    for place in open_store(store).objects():
        objid = unquote(place.name)
        if known.filter(package__objid=objid).exists():
            answer["there"] += 1
            continue
        try:
            looked = look(store, place)
            if Package.objects.filter(objid=objid).exists():
                answer["copies"] += 1
                continue
            body = body_of(looked.found)
            require_other_log(body, looked.found)
            require_empty(body, own)
        except (Damaged, NotUnderstood) as error:
            answer[problem_kind(error)] += 1
            problems.append({"package": objid, "what": problem_kind(error), "why": str(error)})
        else:
            answer["made"] += 1
            answer["documents"] += len(looked.found.dossier.documents)
    return {**answer, "problems": problems[:_MOST]}


def _with(answer: dict[str, Any], rebuilt: Rebuilt) -> dict[str, Any]:
    return {
        **answer,
        "made": answer["made"] + (rebuilt.outcome == "made"),
        "documents": answer["documents"] + rebuilt.documents,
        "copies": answer["copies"] + (rebuilt.outcome == "copy"),
        "inexact": answer["inexact"] + (not rebuilt.exact),
        "there": answer["there"] + (rebuilt.outcome == "there"),
    }


def _row(objid: str, rebuilt: Rebuilt) -> Row:
    told = list(rebuilt.gaps)
    if not rebuilt.exact:
        told.append(_("khác trạng thái lúc đóng gói: đóng gói lại"))
    words = {
        "made": _("đã lập lại, {n} tài liệu").format(n=rebuilt.documents),
        "copy": _("đã ghi bản sao"),
        "there": _("đã có"),
    }[rebuilt.outcome]
    return Row(
        key=objid,
        outcome=Outcome.WARNED if told else Outcome.DONE,
        message="; ".join([words, *told]),
        label=objid,
        about=About.DOSSIER,
        about_id=rebuilt.dossier_id,
    )


def _texts(looked: Looked, sandbox: Sandbox) -> dict[uuid.UUID, Sequence[str]]:
    """The text of each page of the PDFs, which the index is made from."""
    found: dict[uuid.UUID, Sequence[str]] = {}
    for document in looked.found.dossier.documents:
        for file in document.files:
            if file.columns.get("media_type") == _PDF:
                try:
                    place = looked.stored.content(file.columns["sha256"])
                    found[file.id] = texts.read_plain(place, sandbox).pages
                except SandboxError:
                    continue
    return found
