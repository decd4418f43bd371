"""What was read from a content file: its text, page by page. Derived; can be made again."""

from __future__ import annotations

from django.db import models

from tangthu.records.models import ContentFile


class PageText(models.Model):
    """The text layer of one page, as found in the file (NFC)."""

    file = models.ForeignKey(ContentFile, on_delete=models.CASCADE, related_name="page_texts")
    page = models.PositiveIntegerField()
    text = models.TextField()
    method = models.CharField(max_length=20, default="text-layer")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file", "page"], name="page_text_once")]

    def __str__(self) -> str:
        return f"{self.file_id} p{self.page}"
