"""One act for many records: which ones, frozen when they were chosen, and what came of each.

No record state: each row is changed by its own action, which writes its own event.
"""

from __future__ import annotations

import uuid

from django.db import models

from tangthu.identity.models import Body, Person


class BulkAct(models.Model):
    """Rows that a person chose, and what is to be done with them.

    `kind` is `dossier` or `document`; `source` and `asked` the list that they were chosen from
    ("" marked one by one). Without `act` nothing is to be done yet. `args` are the act's own,
    `digest` binds them to the rows as they were previewed: it is what is confirmed. What was not
    confirmed ends at `expires_at`. `kept` is what the work must remember between two runs.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=10)
    source = models.CharField(max_length=20, default="")
    asked = models.JSONField(default=dict)
    act = models.CharField(max_length=12, default="")
    args = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, default="")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    job_id = models.UUIDField(null=True)
    kept = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["person", "-made_at"], name="bulk_act_of_person"),
            models.Index(
                fields=["expires_at"],
                name="bulk_act_open",
                condition=models.Q(confirmed_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.id}"


class BulkRow(models.Model):
    """One record of a bulk act.

    `why_not`: why the act cannot be done with it ("" it can). `told`: what would change, for who
    may see the record. `state`: digest of the record as it was previewed, where that matters.
    `job_id`: the row's own work where it has one.
    """

    class Outcome(models.TextChoices):
        WAITING = "", ""
        DONE = "done", "done"
        REFUSED = "refused", "refused"
        # The person may not see it any more: it is in no count and no list.
        GONE = "gone", "gone"

    act = models.ForeignKey(BulkAct, on_delete=models.CASCADE, related_name="rows", db_index=False)
    place = models.PositiveIntegerField()
    obj = models.UUIDField()
    why_not = models.CharField(max_length=400, default="")
    told = models.JSONField(default=dict)
    state = models.CharField(max_length=64, default="")
    outcome = models.CharField(max_length=8, choices=Outcome.choices, default="")
    message = models.TextField(default="")
    job_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["act", "place"], name="bulk_row_place"),
        ]

    def __str__(self) -> str:
        return f"{self.act_id} {self.place}"
