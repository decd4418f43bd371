"""People and programs that use a house while its processes are killed, and what they were promised.

Each change goes out under a name of its own again and again until it is answered, as the client of
a careful program does: once it is answered it must be there once.
"""

from __future__ import annotations

import random
import threading
import time
import urllib.error
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tangthu_client import Client, Problem, Unreachable

from tests.support import batches
from tests.support.running import Visitor

# What an answer may be while a part of the house is away: it is asked again.
_AWAY = frozenset({429, 502, 503, 504})
_PAGES = ("/", "/ho-so/", "/tai-lieu/?sort=-date", "/tim/?q=viec+thu", "/cong-viec/")
PAPERS = 12


class Promised:
    """What answers said, by the threads that got them; and what no answer should ever say."""

    def __init__(self) -> None:
        self.edits: dict[str, list[str]] = {}
        self.orders: list[str] = []
        self.jobs: list[str] = []
        self.batches: list[str] = []
        self.pages = 0
        self.strange: list[str] = []


class Load:
    """Threads that work at a house until they are told to end."""

    def __init__(self, address: str, key: str, folder: Path) -> None:
        self.promised = Promised()
        self._folder = folder
        self._house = Client(address, key, language="en", timeout=30, retries=0)
        self._ended = threading.Event()
        self.fonds = self._sure(lambda: next(self._house.fonds()))["id"]

    @contextmanager
    def working(self, visitors: list[Visitor]) -> Iterator[Promised]:
        """Work in the background; after the block everybody finishes what he is at."""
        works = [self._edits, self._orders, self._seals, self._batches, self._checks]
        threads = [
            threading.Thread(target=self._repeated, args=(work,), daemon=True) for work in works
        ]
        threads += [
            threading.Thread(target=self._reads, args=(one,), daemon=True) for one in visitors
        ]
        for one in threads:
            one.start()
        try:
            yield self.promised
        finally:
            self._ended.set()
            for one in threads:
                one.join(240)
            assert not any(one.is_alive() for one in threads), "somebody never got an answer"

    def batch(self, number: int) -> None:
        """Send a batch of one dossier, and take it in."""
        folder = self._folder / f"{number:03}"
        index = batches.write(folder, batches.papers(PAPERS, f"{number:03}"))
        name = uuid.uuid4().hex
        begun = self._sure(
            lambda: self._house.upload(
                self.fonds, folder / "tep", index=index, title=f"Đợt {number}",
                answers={"access": "01"}, name=name,
            )
        )  # fmt: skip
        address = f"/imports/{begun['batch']['id']}"
        self._done(begun["job"], address)
        taking = self._changed(f"{address}/accept", {"accept": "all-proposals"})
        self._done(taking, address)
        self._changed(f"{address}/close", None)
        self.promised.batches.append(begun["batch"]["id"])

    # Asking

    def _sure(self, ask: Callable[[], Any]) -> Any:
        """The answer, however often it must be asked for."""
        while True:
            try:
                return ask()
            except Unreachable:
                pass
            except Problem as problem:
                if problem.status >= 500 and problem.status not in _AWAY:
                    self.promised.strange.append(repr(problem))
                elif problem.status not in _AWAY and problem.kind != "still-asked":
                    raise
            time.sleep(0.3)

    def _changed(self, path: str, document: Any) -> Any:
        name = uuid.uuid4().hex
        return self._sure(lambda: self._house.post(path, document, name=name))

    def _done(self, job: dict[str, Any], batch: str) -> None:
        """Wait for a job of a batch; one that failed says why, and is gone on with."""
        while True:
            self.promised.jobs.append(job["id"])
            state = self._ended_job(job["id"])
            if state["state"] == "done":
                return
            job = self._changed(f"{batch}/resume", None)

    def _ended_job(self, job: str) -> dict[str, Any]:
        while True:
            found: dict[str, Any] = self._sure(lambda: self._house.get(f"/jobs/{job}"))
            if found["state"] in {"done", "failed", "stopped"}:
                return found
            time.sleep(0.5)

    # Work

    def _repeated(self, work: Callable[[int], None]) -> None:
        turn = 0
        try:
            while not self._ended.is_set():
                turn += 1
                work(turn)
        except Exception as error:
            self.promised.strange.append(f"{work.__name__}: {error!r}")
            raise

    def _edits(self, turn: int) -> None:
        chosen = random.choice(self._listed("/documents"))["id"]
        address = f"/documents/{chosen}"
        read = self._sure(lambda: self._house.get(address))
        subject, name = f"Về việc đã sửa lần {turn}", uuid.uuid4().hex
        change = {"description": {"subject": subject}}
        self._sure(lambda: self._house.patch(address, change, state=read["state"], name=name))
        self.promised.edits.setdefault(chosen, []).append(subject)
        self._pause(0.3)

    def _orders(self, turn: int) -> None:
        dossier = random.choice(self._listed("/dossiers"))["id"]
        purpose = {"purpose_code": "02", "purpose_text": f"Nghiên cứu {turn}"}
        try:
            told = self._changed("/dips", {"dossier": dossier, **purpose})
        except Problem as problem:
            if problem.kind != "not-packaged":
                raise
        else:
            self.promised.orders.append(told["id"])
            self.promised.jobs.append(told["job"]["id"])
            self._ended_job(told["job"]["id"])
            # Nobody may have many at once.
            name = uuid.uuid4().hex
            self._sure(lambda: self._house.delete(f"/dips/{told['id']}", name=name))
        self._pause(2)

    def _seals(self, turn: int) -> None:
        address = f"/dossiers/{random.choice(self._listed('/dossiers'))['id']}/sealing"
        ahead = self._sure(lambda: self._house.get(address))
        if ahead["behind"]:
            try:
                job = self._changed(address, {"state": ahead["state"]})
            except Problem as problem:
                # Edited, or ordered, since it was looked at.
                if problem.status not in {403, 409, 412}:
                    raise
            else:
                self.promised.jobs.append(job["id"])
                self._ended_job(job["id"])
        self._pause(1)

    def _batches(self, turn: int) -> None:
        self.batch(100 + turn)
        self._pause(10)

    def _checks(self, turn: int) -> None:
        job = self._changed("/checks", {"repair": False})
        self.promised.jobs.append(job["id"])
        self._ended_job(job["id"])
        self._pause(20)

    def _reads(self, visitor: Visitor) -> None:
        while not self._ended.is_set():
            page = random.choice(_PAGES)
            try:
                visitor.get(page)
                self.promised.pages += 1
            except urllib.error.HTTPError as error:
                with error:
                    if error.code not in _AWAY:
                        self.promised.strange.append(f"{page}: {error.code}")
            except (OSError, ValueError):
                pass  # nobody there
            self._pause(1)

    def _listed(self, path: str) -> list[dict[str, Any]]:
        """All of a list. What a page was told is kept when the next one is refused for haste: who
        begins again each time comes no further than the limit of his key."""
        found: list[dict[str, Any]] = []
        query: dict[str, str | int | bool] = {"fonds": self.fonds}
        while True:
            page = self._sure(lambda: self._house.get(path, query))
            found += page["items"]
            if not page.get("next"):
                return found
            query["cursor"] = page["next"]

    def _pause(self, seconds: float) -> None:
        self._ended.wait(seconds * random.uniform(0.5, 1.5))
