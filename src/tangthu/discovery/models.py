"""The index: one entry per thing that can be found, rebuilt at any time from the records.

It is not record state and carries no event. It holds what lists and search need to answer without
touching the records: the body and effective access level (the cut), facets, sort keys, and two
vectors of our own tokens (PostgreSQL's parser would break document codes). `head` holds the
description and stays small enough to be read by the thousand; `whole` adds the text of the pages.
"""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

_CUT = ["body_id", "access_level", "kind"]


class Entry(models.Model):
    """One findable thing: a dossier or a document (more kinds come with later apps).

    `place` is the sort key of the default order, folded, and begins with the archive code, so that
    the beginning of a code finds all below it. `first_day` and `last_day` are the span that the
    partial dates may mean.
    """

    obj = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=20)
    body_id = models.UUIDField()
    access_level = models.CharField(max_length=2)
    fonds_id = models.UUIDField(null=True)
    inventory_id = models.UUIDField(null=True)
    dossier_id = models.UUIDField(null=True)
    code = models.CharField(max_length=200)
    title = models.TextField()
    subtitle = models.TextField(default="")
    record_type = models.CharField(max_length=10, default="")
    retention_code = models.CharField(max_length=10, default="")
    issuer = models.CharField(max_length=400, default="")
    date_from = models.CharField(max_length=10, default="")
    date_to = models.CharField(max_length=10, default="")
    first_day = models.DateField(null=True)
    last_day = models.DateField(null=True)
    year = models.SmallIntegerField(null=True)
    sealed = models.BooleanField(default=False)
    # A document that stands in several dossiers of its body (discovery.cut).
    tangled = models.BooleanField(default=False, db_default=False)
    place = models.CharField(max_length=240)
    text = models.TextField(default="")
    # How the vectors were written (index.LAYOUT); written by older versions: 1.
    layout = models.SmallIntegerField(default=1, db_default=1)
    head = SearchVectorField(null=True)
    whole = SearchVectorField(null=True)

    class Meta:
        # Each list is walked in its own order within one body, level and kind; a viewer of several
        # reads from each and merges. The facets are counted in the index alone.
        indexes = [
            GinIndex(fields=["head"], name="entry_head", fastupdate=False),
            GinIndex(fields=["whole"], name="entry_whole", fastupdate=False),
            models.Index(fields=[*_CUT, "place", "obj"], name="entry_place"),
            models.Index(fields=[*_CUT, "date_from", "obj"], name="entry_date"),
            models.Index(fields=[*_CUT, "code", "obj"], name="entry_code"),
            models.Index(fields=[*_CUT, "year", "place", "obj"], name="entry_year"),
            models.Index(
                fields=[*_CUT, "record_type", "year", "retention_code", "sealed", "fonds_id"],
                name="entry_facets",
            ),
            models.Index(
                fields=["body_id", "access_level", "first_day", "last_day"], name="entry_days"
            ),
            models.Index(fields=["dossier_id", "place"], name="entry_dossier"),
            models.Index(fields=["fonds_id", "kind", "place"], name="entry_fonds"),
            models.Index(fields=["fonds_id", "kind", "date_from", "obj"], name="entry_fonds_date"),
            models.Index(fields=["fonds_id", "kind", "code", "obj"], name="entry_fonds_code"),
            models.Index(
                fields=["fonds_id", "kind", "year", "place", "obj"], name="entry_fonds_year"
            ),
            models.Index(fields=["inventory_id", "kind", "place"], name="entry_inventory"),
        ]

    def __str__(self) -> str:
        return self.code


class IndexState(models.Model):
    """What holds for the index as a whole; one row.

    `outdated`: some entries were written by an older version, whose vectors lack the marks of this
    one (index.LAYOUT); until they are written again, no mark is asked for.
    """

    outdated = models.BooleanField()

    def __str__(self) -> str:
        return "outdated" if self.outdated else "current"
