"""Ask for a use package (DIP): which documents, for whom, what for (TT05 art. 32.3; RM-816)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, fields

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tangthu.archive.job_kinds import MAKE
from tangthu.archive.models import Dissemination
from tangthu.identity.acting import Acting
from tangthu.identity.models import Person
from tangthu.kernel import clock, jobs
from tangthu.kernel.errors import InvalidInput, NotFoundForViewer, Refused
from tangthu.kernel.models import Job
from tangthu.kernel.rulebook import rulebook
from tangthu.ledger.record import Event, record
from tangthu.records import queries
from tangthu.repository.queries import all_packaged
from tangthu.standards.tt05.descriptions import RequestDescription
from tangthu.standards.vietnamese import nfc
from tangthu.standards.vietnamese.dates import PartialDate
from tangthu.standards.xml import forbidden_character

MOST_DOCUMENTS = 2000
MOST_AT_ONCE = 10


class NotPackaged(Refused):
    """A chosen document stands in no AIP yet; what is handed out comes from AIPs alone."""


class TooManyDips(Refused):
    """The person has as many use packages as one may have at a time."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person states when asking for a DIP (RM-816); codes as in TT05 PL V."""

    purpose_code: str
    purpose_text: str
    fee_class: str
    research_topic: str = ""
    note: str = ""


def description_of(code: str, moment: dt.datetime, asked: Asked) -> RequestDescription:
    """The seven elements of a request made at `moment`."""
    day = timezone.localtime(moment)
    return RequestDescription(
        request_code=code,
        requested_on=PartialDate(day.year, day.month, day.day),
        **{item.name: getattr(asked, item.name) for item in fields(Asked)},
    )


def order_dip(
    acting: Acting, document_ids: Sequence[uuid.UUID], asked: Asked, *, queued: bool = True
) -> tuple[Dissemination, Job]:
    """Order a DIP of documents of one body, each once, in the given order; a job makes it.

    Raises NotFoundForViewer if the person may not see one of them, InvalidInput whose `problems`
    name fields of `Asked` or "documents", NotPackaged, TooManyDips, or Refused without the right.
    With `queued=False` the caller runs the job.
    """
    wanted = list(dict.fromkeys(document_ids))
    if not 1 <= len(wanted) <= MOST_DOCUMENTS:
        words = _("Chọn từ 1 đến %(most)s tài liệu.") % {"most": MOST_DOCUMENTS}
        raise InvalidInput(words, problems={"documents": [words]})
    found = queries.documents(acting.viewer).in_bulk(wanted)
    if len(found) != len(wanted):
        raise NotFoundForViewer(_("Không có gì ở đây."))
    bodies = {document.body_id for document in found.values()}
    if len(bodies) > 1:
        one = _("Các tài liệu phải cùng một cơ quan.")
        raise InvalidInput(one, problems={"documents": [one]})
    body_id = bodies.pop()
    acting.require("dissemination.make", body_id)
    asked = _clean(asked)
    with transaction.atomic():
        # Orders of one person wait for each other, so that none passes the ceiling together.
        Person.objects.select_for_update().get(pk=acting.viewer.person_id)
        moment = clock.now()
        dip_id = uuid.uuid4()
        code = f"YC.{timezone.localtime(moment):%Y%m%d}.{dip_id.hex[:8].upper()}"
        _judge(description_of(code, moment, asked))
        if not all_packaged(wanted):
            raise NotPackaged(
                _("Có tài liệu chưa được đóng gói lưu trữ nên chưa tạo được gói sử dụng."),
                hint=_("Nhờ lưu trữ viên đóng gói hồ sơ rồi tạo lại."),
            )
        _limit(acting)
        dip = Dissemination(
            id=dip_id,
            body_id=body_id,
            person_id=acting.viewer.person_id,
            code=code,
            request={item.name: getattr(asked, item.name) for item in fields(Asked)},
            documents=[str(one) for one in wanted],
            ordered_at=moment,
        )
        dip.save(force_insert=True)
        record(
            Event(
                kind="archive.dip.ordered",
                obj=dip.id,
                body=body_id,
                actor=acting.actor(body_id),
                detail={
                    "code": code,
                    "purpose": asked.purpose_code,
                    "documents": len(wanted),
                },
            )
        )
        job = jobs.enqueue(
            MAKE,
            args={"dip": str(dip.id)},
            body_id=body_id,
            person_id=acting.viewer.person_id,
            subject_id=dip.id,
            queued=queued,
        )
    return dip, job


def resume_dip(acting: Acting, job: Job) -> Job:
    """Make an ordered package after its job was stopped or failed.

    Raises NotFoundForViewer for anybody's but one's own, Refused when it is made or removed.
    """
    with transaction.atomic():
        dip = (
            Dissemination.objects.select_for_update()
            .filter(pk=job.args["dip"], person_id=acting.viewer.person_id)
            .first()
        )
        if dip is None:
            raise NotFoundForViewer(_("Không có gì ở đây."))
        if dip.made_at is not None or dip.removed_at is not None:
            raise Refused(_("Gói này đã tạo xong hoặc đã gỡ."), hint=_("Tạo gói khác nếu cần."))
        acting.require("dissemination.make", dip.body_id)
        return jobs.enqueue(
            MAKE,
            args={"dip": str(dip.id)},
            body_id=dip.body_id,
            person_id=acting.viewer.person_id,
            subject_id=dip.id,
        )


def chosen_documents(
    acting: Acting, dossier_id: uuid.UUID, places: str, *, picked: Sequence[uuid.UUID] = ()
) -> list[uuid.UUID]:
    """The documents `picked`, then those of a dossier at `places` ("1-5, 8"), each once.

    With neither, all of the dossier that the person may see. What is picked is judged when it is
    ordered. A place with a document that he may not see is a place without one: a single number is
    then a problem, a range leaves it out. Raises NotFoundForViewer, Refused for whoever makes no
    use packages, or InvalidInput on "documents".
    """
    found = queries.dossier(acting.viewer, dossier_id)
    acting.require("dissemination.make", found.body_id)
    seen = {
        place.ordinal: place.document_id for place in queries.documents_of(acting.viewer, found)
    }
    if not places.strip():
        return list(picked or seen.values())
    chosen: dict[int, None] = {}
    for part in places.replace(";", ",").split(","):
        first, last = _range(part)
        inside = [number for number in seen if first <= number <= last]
        if not inside:
            words = _("Không có tài liệu số %(part)s.") % {"part": part.strip()[:20]}
            raise InvalidInput(words, problems={"documents": [words]})
        chosen.update(dict.fromkeys(inside))
    return list(dict.fromkeys([*picked, *(seen[number] for number in chosen)]))


def _range(part: str) -> tuple[int, int]:
    first, dash, last = (one.strip() for one in part.replace("–", "-").partition("-"))
    numbers = [first, last] if dash else [first, first]
    if not all(one.isascii() and one.isdigit() and len(one) < 8 for one in numbers):
        words = _("Ghi số thứ tự như 1-5, 8.")
        raise InvalidInput(words, problems={"documents": [words]})
    return int(numbers[0]), int(numbers[1])


def _clean(asked: Asked) -> Asked:
    values = {item.name: nfc(getattr(asked, item.name)).strip() for item in fields(Asked)}
    for name, text in values.items():
        if forbidden_character(text) is not None:
            raise InvalidInput(
                _("Có ký tự không dùng được."), problems={name: [_("Xóa ký tự điều khiển.")]}
            )
    return Asked(**values)


def _judge(request: RequestDescription) -> None:
    """Raise InvalidInput with what TT05 has against a request, by field."""
    today = timezone.localdate()
    names = {
        element.name: element.identifier for element in rulebook().fields("dip_request", today)
    }
    problems: dict[str, list[str]] = {}
    for finding in request.check(rulebook(), today):
        problems.setdefault(names.get(finding.field, ""), []).append(finding.message)
    if problems:
        raise InvalidInput(_("Yêu cầu chưa đúng quy định."), problems=problems)


def _limit(acting: Acting) -> None:
    alive = Dissemination.objects.filter(person_id=acting.viewer.person_id, removed_at=None).count()
    if alive >= MOST_AT_ONCE:
        raise TooManyDips(
            _("Bạn đang có %(n)s gói sử dụng, nhiều nhất cho một người.") % {"n": alive},
            hint=_("Xóa gói không cần nữa, hoặc chờ gói hết hạn."),
        )


def documents_by_code(acting: Acting, codes: Sequence[str]) -> list[uuid.UUID]:
    """Documents by archival code, in order. Raises InvalidInput for one that he may not see."""
    seen: dict[str, uuid.UUID] = dict(
        queries.documents(acting.viewer)
        .filter(record_archive_code__in=list(codes))
        .values_list("record_archive_code", "id")
    )
    for code in codes:
        if code not in seen:
            words = _("Không có tài liệu %(code)s.") % {"code": code[:200]}
            raise InvalidInput(words, problems={"documents": [words]})
    return [seen[code] for code in codes]
