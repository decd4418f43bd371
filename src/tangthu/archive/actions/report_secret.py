"""Report that a record is a state secret: withheld, and struck from the batches that brought it."""

from __future__ import annotations

import contextlib
import uuid

from tangthu.archive import dry_run
from tangthu.archive.actions.refuse_secret import refuse
from tangthu.archive.actions.withhold_document import withhold_document
from tangthu.archive.models import Batch, BatchFile
from tangthu.identity.acting import Acting
from tangthu.kernel.errors import InvalidInput
from tangthu.records.models import Withheld


def report_secret(acting: Acting, document_id: uuid.UUID) -> Withheld:
    """Withhold a document that the acting person may describe (AR-129).

    A batch that is still open shows its row, its file's name and its pages to whoever imports, so
    these go as well; the record keeps its own bytes. Raises NotFoundForViewer, Refused.
    """
    held = withhold_document(acting, document_id)
    over = (Batch.State.CLOSED, Batch.State.ABANDONED)
    brought = BatchFile.objects.filter(document_id=document_id).exclude(batch__state__in=over)
    for item in brought.select_related("batch__fonds__body"):
        rows: set[int] = set()
        with contextlib.suppress(InvalidInput):  # an index that cannot be read shows no row
            drafts = dry_run.report_of(item.batch).documents.values()
            rows = {draft.row for draft in drafts if draft.row and draft.file == item.path}
        refuse(acting, item.batch, rows=rows, paths={bytes(item.path_bytes)})
    return held
