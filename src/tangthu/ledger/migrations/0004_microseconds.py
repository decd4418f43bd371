"""The clock of an event is read in microseconds (RM-960): where ../schema.sql and ../one_event.sql
were applied when they still said milliseconds, their functions are made again."""

from typing import ClassVar

from django.db import migrations

_SQL = """
DO $$
DECLARE
    one text;
BEGIN
    FOREACH one IN ARRAY ARRAY['ledger_lock_heads', 'ledger_lock_head'] LOOP
        EXECUTE replace(pg_get_functiondef(one::regproc), ' * 1000)::', ' * 1000000)::');
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("ledger", "0003_resume")]
    operations: ClassVar[list[migrations.RunSQL]] = [migrations.RunSQL(_SQL)]
