"""Create a dossier with its documents and their content files, in one transaction.

The bytes must already lie in the working store, verified; this action only makes them records.
"""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tangthu.identity.acting import Acting
from tangthu.identity.models import Body
from tangthu.kernel import clock
from tangthu.kernel.errors import Refused
from tangthu.ledger.record import Event, record_many
from tangthu.records.actions.file_documents import file_documents
from tangthu.records.actions.new_records import NewDossier
from tangthu.records.models import CodeAlias, Custody, Dossier
from tangthu.records.states import dossier_state
from tangthu.standards.vietnamese import fold


def create_dossier(acting: Acting, body: Body, new: NewDossier) -> Dossier:
    """Make the dossier, its documents and their files, each with its events.

    Raises Refused for a viewer without `archive.import` at the body, and for a code that is or was
    in use (AR-36).
    """
    acting.require("archive.import", body.id)
    code = str(new.description["archive_file_code"])
    with transaction.atomic():
        if (
            Dossier.objects.filter(archive_file_code=code).exists()
            or CodeAlias.objects.filter(code_key=fold(code)).exists()
        ):
            raise Refused(_("Mã hồ sơ này đã được dùng."), hint=_("Kiểm tra lại số hồ sơ."))
        moment = clock.now()
        dossier = Dossier(
            id=new.id,
            body=body,
            custody=Custody.HISTORICAL,
            created_at=moment,
            **new.description,
        )
        dossier.save(force_insert=True)
        created = Event(
            kind="records.dossier.created",
            obj=dossier.id,
            body=body.id,
            actor=acting.actor(body.id),
            state=dossier_state(dossier),
            ref=dossier.archive_file_code,
            detail={
                "code": dossier.archive_file_code,
                "source": new.source,
                "documents": [str(item.id) for item in new.documents],
            },
        )
        filed = file_documents(
            acting,
            dossier,
            new.documents,
            source=new.source,
            digitised=new.digitised,
            moment=moment,
        )
        record_many([created, *filed])
    return dossier
