"""The job that tries a restore: into a home of its own, with a database of its own, thrown away.

Nothing of the house itself is touched; the trial is another process, which knows neither the
house's database nor its keys.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from tangthu.backup.actions.note_sets import acting_of, note_drill
from tangthu.backup.houses import require_own
from tangthu.backup.sets import SetFacts, read_facts
from tangthu.kernel import database, logins, postgres
from tangthu.kernel.errors import HouseError
from tangthu.kernel.home import Home
from tangthu.kernel.jobs import Running
from tangthu.ledger.logs import all_logs
from tangthu.ledger.publishing import KEYS, tree_folder
from tangthu.standards import durable

_NAME = "drill-"
_OURS = re.compile(r"drill-[0-9a-f]{8}")
# A folder is removed only if it says itself that a trial made it.
MARK = "tangthu-drill"
# What tells a process where the house's own database is, and who logs in there.
_OF_THE_HOUSE = (logins.PLACE, logins.OWNER, *logins.GIVEN.values())


class DrillFailed(HouseError):
    """The set could not be restored: it would not have helped."""

    http_status = 409


def run_drill(running: Running) -> dict[str, Any]:
    """Job `backup.drill`; `args`: folder (of the set). The answer is the report."""
    folder = Path(running.args["folder"])
    acting = acting_of(running.job)
    facts = read_facts(folder)
    require_own(folder)
    place: Path = settings.DRILL_PLACE or settings.HOME.temporary
    clear_deserted(place)
    error: dict[str, str] = {}
    found: dict[str, Any] = {}
    with _home(place) as home:
        for told in _trial(folder, home, running, facts):
            found, error = told.get("found", found), told.get("error", error)
    problems = [f"{path}: {why}" for path, why in facts.problems]
    wrong = [one for log in found.get("logs", ()) for one in log["problems"]]
    ok = bool(found) and not (error or wrong or problems or found["bad_count"])
    answer = {
        "set": facts.name, "place": str(folder.parent), "moment": facts.moment, "ok": ok,
        "holds_stores": facts.holds_stores,
        "problems": problems, **found,
        **({"error": f"{error['message']} {error['hint']}".strip()} if error else {}),
    }  # fmt: skip
    note_drill(acting, running, folder, facts, answer)
    return answer


def _trial(folder: Path, home: Path, running: Running, facts: SetFacts) -> Iterator[dict[str, Any]]:
    """What the trial says, document by document; it is ended when the job is stopped."""
    kept = {name: value for name, value in os.environ.items() if name not in _OF_THE_HOUSE}
    environment = {
        **kept,
        "TANGTHU_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "tangthu.kernel.settings",
        database.PROCESS: database.COMMAND,
    }
    command = [sys.executable, "-m", "tangthu.backup.trial", str(folder), str(home)]
    with tempfile.TemporaryFile("w+", dir=settings.HOME.temporary) as said:
        process = subprocess.Popen(
            [*command, str(os.getpid())], env=environment, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=said, text=True,
        )  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        ended = False
        try:
            process.stdin.write(json.dumps(_public_keys()) + "\n")
            process.stdin.close()
            for line in process.stdout:
                told = json.loads(line)
                ended = ended or not told.keys().isdisjoint({"found", "error"})
                # Read once, written once, read in the stores.
                running.progress(told.get("bytes", 0), 3 * facts.bytes or None, "byte")
                yield told
            process.wait()
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
        if not ended:
            said.seek(0)
            last = (said.read().strip().splitlines() or [""])[-1]
            yield {"error": {"message": _("Lần thử phục hồi bị ngắt."), "hint": last[:300]}}


def _public_keys() -> dict[str, str]:
    """The public key of each log, as this house states it: a restored log must bear it."""
    found = {}
    for log in all_logs():
        with suppress(OSError, IndexError):
            lines = (tree_folder(settings.HOME, log) / KEYS).read_text(encoding="ascii")
            found[log.origin] = lines.split()[0]
    return found


@contextmanager
def _home(place: Path) -> Iterator[Path]:
    """A folder for the trial, removed after with what was restored into it overwritten."""
    home = place / f"{_NAME}{secrets.token_hex(4)}"
    try:
        with durable.held(home):
            home.chmod(0o700)
            durable.write_file(home / MARK, [], what="backup.drill.mark", mode=0o600)
            yield home / "home"
    finally:
        _remove(home)


def _remove(folder: Path) -> None:
    def stop() -> bool:
        postgres.stop(Home(folder / "home"))
        return False

    durable.remove_deserted(folder, stop)


def clear_deserted(place: Path) -> None:
    """Remove what killed drills left in `place`, their servers first; nobody else's folders."""
    for folder in place.glob(f"{_NAME}*"):
        if _OURS.fullmatch(folder.name) and (folder / MARK).is_file():
            _remove(folder)
