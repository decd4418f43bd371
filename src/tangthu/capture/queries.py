"""Reads of what was captured from content files."""

from __future__ import annotations

from collections.abc import Sequence

from tangthu.capture.models import PageText
from tangthu.records.models import ContentFile


def page_texts(files: Sequence[ContentFile]) -> dict[tuple[object, int], str]:
    """The text of every page that has one, by (file id, page from 1).

    The files must have come through `tangthu.records.queries` for the viewer.
    """
    found = PageText.objects.filter(file__in=files).values_list("file_id", "page", "text")
    return {(file, page): text for file, page, text in found}
