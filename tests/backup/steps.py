"""What the crash tests of backups run in a process of its own."""

from __future__ import annotations

from tangthu.faces.cli.main import _run


def restore(folder: str, home: str) -> None:
    """Restore a set by the command, without keys."""
    import os

    os.environ["DJANGO_SETTINGS_MODULE"] = "tangthu.kernel.settings"
    assert _run(["backup", "restore", folder, "--home", home, "--trust", "x"]) == 0


def upgrade(home: str, old: str) -> None:
    """Upgrade a house by the command."""
    import os

    os.environ["TANGTHU_HOME"] = home
    os.environ["DJANGO_SETTINGS_MODULE"] = "tangthu.kernel.settings"
    assert _run(["upgrade", "run", "--old", old]) == 0


# A schema from before: later migrations of these apps have not been run.
OLDER = {
    "contenttypes": "", "auth": "", "sessions": "", "procrastinate": "", "ledger": "",
    "identity": "", "kernel": "", "records": "", "archive": "", "signin": "",
    "repository": "0004_copy_mending",
    "discovery": "0003_census",
}  # fmt: skip


def fill_older() -> None:
    """The cast and its events in a database of an older schema, as a process of its own."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from tangthu.kernel import database, logins
    from tangthu.kernel.prepare import as_owner, owner_alias
    from tests.support.house import make_cast

    with as_owner() as connection:
        logins.ensure_logins(connection, settings.HOME)
    with owner_alias():
        for app, target in OLDER.items():
            words = ["migrate", app, *([target] if target else [])]
            call_command(*words, database="owner", interactive=False, verbosity=0)
    with as_owner() as connection, connection.transaction():
        database.apply_grants(connection)
    make_cast()


if __name__ == "__main__":
    fill_older()
