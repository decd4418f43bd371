"""Migration operations that put a table under the ledger's watch (IN-39).

`Protect("records_document", "id")` makes every commit that inserts, changes or deletes a row of the
table fail unless the same transaction recorded an event for the object named by the column; a row
that moves to another object needs an event of both.
`columns` narrows the watch on updates to the columns that are record state.
"""

from __future__ import annotations

from django.db.migrations.operations import RunSQL

_TEMPLATE = """
CREATE CONSTRAINT TRIGGER {table}_needs_event AFTER INSERT OR DELETE ON {table}
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    EXECUTE FUNCTION ledger_require_event('{column}');
CREATE CONSTRAINT TRIGGER {table}_update_needs_event AFTER UPDATE{of} ON {table}
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*)
    EXECUTE FUNCTION ledger_require_event('{column}');
CREATE CONSTRAINT TRIGGER {table}_move_needs_event AFTER UPDATE OF {column} ON {table}
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.{column} IS DISTINCT FROM NEW.{column})
    EXECUTE FUNCTION ledger_require_event('{column}', 'before');
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_forbid();
"""


class Protect(RunSQL):
    """Watch `table`; `column` holds the id of the ledger object a row belongs to."""

    def __init__(self, table: str, column: str, columns: tuple[str, ...] = ()) -> None:
        of = f" OF {', '.join(columns)}" if columns else ""
        super().__init__(_TEMPLATE.format(table=table, column=column, of=of), reverse_sql=None)
        self._arguments = (table, column, columns)

    def deconstruct(self) -> tuple[str, tuple[object, ...], dict[str, object]]:
        """Arguments as written in the migration file."""
        return (self.__class__.__qualname__, self._arguments, {})
