"""What a worker needs before it takes the first job: this schema, the stores, the working store.

On another host it has the database and whatever was mounted there. A worker whose working store is
a folder of its own would write accepted files where nobody else finds them, so it does not begin;
without one of the stores it begins and says so, for most jobs need none.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from tangthu.archive.queries import newest_unpackaged
from tangthu.kernel.errors import HouseError
from tangthu.kernel.stores import FolderStore, content_key
from tangthu.repository.places import require_usable
from tangthu.repository.queries import all_stores
from tangthu.repository.stores import StoreUnusable

_SAMPLE = 20


class WorkerUnfit(HouseError):
    """This process must not take jobs: of another version, or without the house's folders."""


def require_fit() -> None:
    """Raise WorkerUnfit, naming everything that is missing, if the worker must not begin."""
    found = [*_of_other_schema(), *_without_working_store()]
    if found:
        raise WorkerUnfit("Chưa chạy việc được trên máy này: " + " ".join(found))


def stores_away() -> list[str]:
    """A sentence for each store that this host cannot reach."""
    away = []
    for store in all_stores():
        try:
            require_usable(store, patient=False)
        except StoreUnusable as error:
            away.append(f"{error.message} ({store.path}) {error.hint}")
    return away


def _of_other_schema() -> Iterator[str]:
    """The database may have been prepared by a newer version than this one."""
    loader = MigrationLoader(connection)
    ahead = sorted(
        f"{app}.{name}"
        for app, name in set(loader.applied_migrations) - set(loader.disk_migrations)
        if app in loader.migrated_apps and (app, name) not in loader.replacements
    )
    if ahead:
        yield (
            f"Cơ sở dữ liệu thuộc phiên bản mới hơn (có {', '.join(ahead[:3])}); "
            "cài cùng phiên bản với các máy khác."
        )


def _without_working_store() -> Iterator[str]:
    """None of the newest files that wait to be packaged lies here: the folder is another one."""
    working = FolderStore(settings.HOME.working)
    digests = newest_unpackaged(_SAMPLE)
    if digests and not any(working.stat(content_key(one)) is not None for one in digests):
        yield (
            f"Thư mục {settings.HOME.working} không có tệp nào của hệ thống đang chạy; gắn thư mục "
            "working (và uploads, dip) chung của các máy vào TANGTHU_HOME."
        )
