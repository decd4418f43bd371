"""Keep the text layer of a content file, page by page. Derived from its bytes; carries no event."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from tangthu.capture.models import PageText
from tangthu.standards.vietnamese import nfc


def keep_texts(texts: Mapping[uuid.UUID, Sequence[str]], method: str = "text-layer") -> int:
    """Store texts of content files by file id, page 1 first; returns how many pages had text."""
    rows = [
        PageText(file_id=file_id, page=page, text=nfc(text.replace("\0", "")), method=method)
        for file_id, pages in texts.items()
        for page, text in enumerate(pages, start=1)
        if text.strip()
    ]
    PageText.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)
