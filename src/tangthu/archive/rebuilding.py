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

from django.db import transaction
from django.utils.translation import gettext as _

from tangthu.archive.actions.close_as_noted import close_as_noted
from tangthu.archive.actions.enter_package import Rebuilt
from tangthu.archive.actions.rebuild_package import (
    bodies_with_own,
    body_of,
    rebuild_package,
    require_empty,
    require_other_log,
)
from tangthu.archive.checking import acting_of_job
from tangthu.archive.proof_beside import ProofBeside, proof_beside
from tangthu.archive.rebuilt import Found, NotUnderstood, understood
from tangthu.capture import text as texts
from tangthu.capture.workers import open_sandbox
from tangthu.identity.acting import Acting
from tangthu.kernel import advisory
from tangthu.kernel.errors import Refused
from tangthu.kernel.job_rows import About, Outcome, Row
from tangthu.kernel.jobs import Running
from tangthu.kernel.models import JobRow
from tangthu.kernel.sandbox import Sandbox, SandboxError
from tangthu.records.models import Dossier
from tangthu.repository.actions.settle_store import settle_joined
from tangthu.repository.closed_beside import Closed, read_closed
from tangthu.repository.models import Copy, Package, Store
from tangthu.repository.stored import NotOurs, StoredObject
from tangthu.repository.stores import beside, in_use, open_store
from tangthu.repository.wording import printable
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
    closed: Closed
    proof: ProofBeside


def look(store: Store, place: Path, *, whole: bool = True) -> Looked:
    """Read a package and say what it preserves; `whole` False reads its descriptions only.

    Raises Damaged or NotUnderstood.
    """
    try:
        stored = StoredObject(place)
        if open_store(store).path_of(stored.objid) != place:
            raise NotUnderstood(_("gói không nằm ở chỗ của nó trong kho"))
        wrong = stored.damage() if whole else []
        bad = [f"{printable(path)}: {status}" for path, status in wrong if status != "extra"]
        if bad:
            raise Damaged("; ".join(bad[:_SHOWN]))
        stored.versions()
        folder = beside(store, stored.objid)
        closed = read_closed(folder)
        found = understood(stored, closed)
        proof = proof_beside(folder, stored, found.origin)
    except NotOurs:
        raise NotUnderstood(_("không phải gói do phần mềm này lưu")) from None
    except (ocfl.OcflError, OSError) as error:
        raise Damaged(type(error).__name__) from error
    except (PackageUnreadableError, PremisError, XmlError) as error:
        raise NotUnderstood(_("không đọc được siêu dữ liệu của gói")) from error
    except ValueError as error:
        raise NotUnderstood(_("ghi chú closed.json cạnh gói không đọc được")) from error
    strays = [printable(path) for path, status in wrong if status == "extra"]
    return Looked(stored, found, strays, closed, proof)


def run_rebuild(running: Running) -> dict[str, Any]:
    """Job `archive.rebuild`; `args`: store (its uid). Answers with what became of its packages."""
    acting = acting_of_job(running)
    store = in_use().filter(uid=uuid.UUID(running.args["store"])).first()
    if store is None:
        raise Refused(_("Kho này không còn được dùng."), hint=_("Xem trang Kho lưu trữ."))
    answer: dict[str, Any] = running.job.result or {
        "made": 0, "documents": 0, "copies": 0, "newer": 0, "closed": 0, "inexact": 0,
    }  # fmt: skip
    take_over = bool(running.args.get("take_over"))
    # A run that goes on looks again at what an earlier one could not make.
    answer |= _NOTHING
    own = bodies_with_own()
    total = sum(1 for _place in open_store(store).objects())
    with open_sandbox() as sandbox:
        for done, place in enumerate(open_store(store).objects()):
            running.progress(done, total, "gói", force=done == 0)
            objid = unquote(place.name)
            if printable(objid) != objid:
                answer["not_understood"] += 1
                running.rows(_not_ours(printable(objid)))
                continue
            if _is_there(store, place, objid):
                answer["there"] += 1
                if _close(acting, store, objid):
                    answer["closed"] += 1
                continue

            try:
                looked = look(store, place)

                def kept(
                    rebuilt: Rebuilt,
                    proof: ProofBeside = looked.proof,
                    objid: str = objid,
                    answer: dict[str, Any] = answer,
                ) -> None:
                    running.keep(_with(answer, rebuilt))
                    running.rows(_row(objid, rebuilt, proof))

                rebuild_package(
                    acting,
                    store,
                    looked.stored,
                    looked.found,
                    _texts(looked, sandbox),
                    own=own,
                    strays=looked.strays,
                    closed=looked.closed,
                    take_over=take_over,
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


def _not_ours(objid: str) -> Row:
    words = _("không phải gói do phần mềm này lưu")
    return Row(key=objid, outcome=Outcome.REFUSED, message=words, label=objid)


def _is_there(store: Store, place: Path, objid: str) -> bool:
    """Whether the copy is entered, with every version that lies here."""
    copies = Copy.objects.filter(package__objid=objid, store__path=store.path)
    head = copies.values_list("package__head", flat=True).first()
    if head is None:
        return False
    try:
        return len(ocfl.load_inventory(place).inventory.versions) <= head
    except (ocfl.OcflError, OSError):
        return True  # it is entered: the check of the copies is for the rest


def _close(acting: Acting, store: Store, objid: str) -> bool:
    """Let what is noted beside a copy that is entered hold; True if that closed anything."""
    try:
        closed = read_closed(beside(store, objid))
    except (ValueError, OSError):
        return False
    package = Package.objects.get(objid=objid)
    with advisory.exclusive(f"seal {package.dossier_id}"), transaction.atomic():
        return close_as_noted(acting, package, closed)


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


def check(store: Store, *, take_over: bool = False) -> dict[str, Any]:
    """What `run_rebuild` would do with a store that need not be registered; writes nothing.

    Packages whose body is not opened, or that would be refused, are told as not understood.
    """
    answer: dict[str, Any] = {
        "made": 0, "documents": 0, "copies": 0, "newer": 0, "closed": 0, "inexact": 0, **_NOTHING,
    }  # fmt: skip
    problems = []
    own = bodies_with_own()
    for place in open_store(store).objects():
        objid = unquote(place.name)
        if printable(objid) != objid:
            words, problem = _("không phải gói do phần mềm này lưu"), "not_understood"
            answer[problem] += 1
            problems.append({"package": printable(objid), "what": problem, "why": words})
            continue
        if _is_there(store, place, objid):
            answer["there"] += 1
            continue
        try:
            looked = look(store, place)
            package = Package.objects.filter(objid=objid).first()
            if package is not None:
                newer = len(looked.stored.versions()) > package.head
                answer["newer" if newer else "copies"] += 1
                continue
            body = body_of(looked.found)
            if not take_over:
                require_other_log(body, looked.found)
                require_empty(body, own)
            elif Dossier.objects.filter(pk=looked.found.dossier.id).exists():
                answer["newer"] += 1
                continue
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
        "newer": answer["newer"] + (rebuilt.outcome == "newer"),
        "inexact": answer["inexact"] + (not rebuilt.exact),
        "there": answer["there"] + (rebuilt.outcome == "there"),
    }


def _row(objid: str, rebuilt: Rebuilt, proof: ProofBeside) -> Row:
    told = [*rebuilt.gaps, *([] if proof.holds else [proof.words])]
    if not rebuilt.exact:
        told.append(_("khác trạng thái lúc đóng gói: đóng gói lại"))
    words = {
        "made": _("đã lập lại, {n} tài liệu").format(n=rebuilt.documents),
        "newer": _("đã nhận phiên bản mới hơn danh mục"),
        "copy": _("đã ghi bản sao"),
        "there": _("đã có"),
    }[rebuilt.outcome]
    return Row(
        key=objid,
        outcome=Outcome.WARNED if told else Outcome.DONE,
        message="; ".join([words, *told, *([proof.words] if proof.holds else [])]),
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
