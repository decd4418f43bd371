"""A clearance is asked for by one person and confirmed by another; those that stand are confirmed."""

from __future__ import annotations

import django.utils.timezone
from django.db import migrations, models


def _column(name: str, field: models.Field, *, preserve: bool = True) -> migrations.AddField:
    return migrations.AddField("clearance", name, field, preserve_default=preserve)


class Migration(migrations.Migration):
    dependencies = [("identity", "0012_agency_codes")]

    operations = [
        _column(
            "asked_at",
            models.DateTimeField(default=django.utils.timezone.now),
            preserve=False,
        ),
        _column(
            "confirmed_at",
            models.DateTimeField(default=django.utils.timezone.now, null=True),
            preserve=False,
        ),
        _column("alone", models.BooleanField(default=False)),
        *(
            _column(name, models.UUIDField(null=True))
            for name in ("asked_by", "confirmed_by", "refused_by", "ended_by")
        ),
        *(
            _column(name, models.DateTimeField(null=True))
            for name in ("refused_at", "ended_at", "end_confirmed_at")
        ),
    ]
