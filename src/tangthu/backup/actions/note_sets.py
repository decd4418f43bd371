"""What the ledger says of sets: one event at every body for each that is made or verified (AR-92).

A set holds the records of every body, so each body's log tells of it. The event bears the digest of
the set's manifest, and so commits to every file in it.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tangthu.backup.sets import SetFacts, manifest_digest
from tangthu.identity.acting import SYSTEM, Acting
from tangthu.identity.models import Person
from tangthu.identity.queries import viewer_of
from tangthu.kernel.errors import Refused
from tangthu.kernel.jobs import Running
from tangthu.kernel.models import Job
from tangthu.ledger.logs import all_logs
from tangthu.ledger.record import Event, record_many


def require_administrator(acting: Acting) -> None:
    """Raise Refused unless the acting person keeps the house."""
    if not (acting.is_system or acting.viewer.may_anywhere("house.keep")):
        raise Refused(
            _("Chỉ quản trị hệ thống được sao lưu và phục hồi."),
            hint=_("Nhờ người có vai trò Quản trị hệ thống."),
        )


def acting_of(job: Job) -> Acting:
    """Who a job works for: the house itself, or its person with the rights of today.

    Raises Refused if that person does not administer any more.
    """
    if job.person_id is None:
        return SYSTEM
    acting = Acting(viewer_of(Person.objects.get(pk=job.person_id)), "job")
    require_administrator(acting)
    return acting


def note_made(
    acting: Acting, running: Running, folder: Path, facts: SetFacts, answer: dict[str, Any]
) -> None:
    """Record that a set was made, once, however often the job is run; keeps `answer` with it."""
    detail = {
        "set": facts.name,
        "kind": facts.kind,
        "moment": facts.moment,
        "files": facts.files,
        "bytes": facts.bytes,
        "problems": len(facts.problems),
        "manifest": manifest_digest(folder),
    }
    if not running.job.result.get("noted"):
        _note(acting, running, "backup.set.made", detail, answer, ok=not facts.problems)


def note_verified(
    acting: Acting, running: Running, folder: Path, facts: SetFacts, answer: dict[str, Any]
) -> None:
    """Record that a set was read through, and what was found; keeps `answer` with the job."""
    detail = {
        "set": facts.name,
        "files": answer["files"],
        "bad": answer["found"],
        "manifest": manifest_digest(folder),
    }
    if not running.job.result.get("noted"):
        _note(acting, running, "backup.set.verified", detail, answer, ok=not answer["found"])


def note_scanned(
    acting: Acting, running: Running, folder: Path, facts: SetFacts, answer: dict[str, Any]
) -> None:
    """Record that a set was scanned for viruses, and what was found; keeps `answer` with it."""
    detail = {
        "set": facts.name,
        "files": answer["files"],
        "infected": answer["infected"],
        "unscanned": answer["unscanned"],
        "scanner": answer["scanner"],
        "signatures": answer["signatures"],
        "manifest": manifest_digest(folder),
    }
    clean = not (answer["infected"] or answer["unscanned"])
    _note(acting, running, "backup.set.scanned", detail, answer, ok=clean)


def note_drill(
    acting: Acting, running: Running, folder: Path, facts: SetFacts, answer: dict[str, Any]
) -> None:
    """Record that a restore was tried, and how it ended; keeps `answer` with the job."""
    detail = {
        "set": facts.name,
        "ok": answer["ok"],
        "rows": answer.get("rows", 0),
        "packages": answer.get("packages", 0),
        "bad": answer.get("bad_count", 0),
        "manifest": manifest_digest(folder),
    }
    if not running.job.result.get("noted"):
        _note(acting, running, "backup.drill.done", detail, answer, ok=answer["ok"])


def _note(
    acting: Acting,
    running: Running,
    kind: str,
    detail: Mapping[str, Any],
    answer: dict[str, Any],
    *,
    ok: bool,
) -> None:
    with transaction.atomic():
        record_many([_event(acting, kind, log.body, detail, ok=ok) for log in all_logs()])
        running.keep({**answer, "noted": True})
    answer["noted"] = True


def _event(
    acting: Acting, kind: str, body: uuid.UUID, detail: Mapping[str, Any], *, ok: bool
) -> Event:
    return Event(
        kind=kind, obj=body, body=body, actor=acting.actor(body), detail=detail,
        out="ok" if ok else "part",
    )  # fmt: skip
