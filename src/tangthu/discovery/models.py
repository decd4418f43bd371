"""The index: one entry per thing that can be found, rebuilt at any time from the records.

It is not record state and carries no event. It holds what lists and search need to answer without
touching the records: the body and effective access level (the cut), facets, sort keys, and two
vectors of our own tokens, exact and folded (PostgreSQL's parser would break document codes).
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models


class Entry(models.Model):
    """One findable thing: a dossier or a document (more kinds come with later apps)."""

    obj = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=20)
    body_id = models.UUIDField()
    access_level = models.CharField(max_length=2)
    fonds_id = models.UUIDField(null=True)
    inventory_id = models.UUIDField(null=True)
    dossier_id = models.UUIDField(null=True)
    code = models.CharField(max_length=200)
    code_keys = ArrayField(models.CharField(max_length=200), default=list)
    title = models.TextField()
    subtitle = models.TextField(default="")
    record_type = models.CharField(max_length=10, default="")
    retention_code = models.CharField(max_length=10, default="")
    issuer = models.CharField(max_length=400, default="")
    date_from = models.CharField(max_length=10, default="")
    date_to = models.CharField(max_length=10, default="")
    year = models.SmallIntegerField(null=True)
    sealed = models.BooleanField(default=False)
    place = models.CharField(max_length=240)
    text = models.TextField(default="")
    exact = SearchVectorField(null=True)
    folded = SearchVectorField(null=True)

    class Meta:
        indexes = [
            GinIndex(fields=["folded"], name="entry_folded", fastupdate=False),
            GinIndex(fields=["exact"], name="entry_exact", fastupdate=False),
            GinIndex(fields=["code_keys"], name="entry_codes"),
            models.Index(fields=["kind", "body_id", "place", "obj"], name="entry_place"),
            models.Index(fields=["kind", "body_id", "date_from", "obj"], name="entry_date"),
            models.Index(fields=["dossier_id", "place"], name="entry_dossier"),
            models.Index(fields=["kind", "body_id", "record_type"], name="entry_type"),
            models.Index(fields=["kind", "body_id", "year"], name="entry_year"),
        ]

    def __str__(self) -> str:
        return self.code
