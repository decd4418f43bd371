"""The client: ask, change once, follow lists and jobs, carry files."""

from __future__ import annotations

import hashlib
import http.client
import json
import ssl
import time
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlencode

from tangthu_client.errors import JobFailed, NotWhole, Problem, Unreachable
from tangthu_client.multipart import form
from tangthu_client.transport import MOST_DOCUMENT, Place, Sent, Transport

_API = "/api/v1"
_AGAIN = frozenset({429, 502, 503, 504})
_LONGEST_PAUSE = 60.0
_PIECE = 1024 * 1024
Query = Mapping[str, str | int | bool | None]


class Client:
    """A house as one key opens it.

    `address`: where the site is, `https://` unless it is this machine; `language` of messages, "vi"
    or "en"; `timeout` in seconds for each wait on the network; `retries`: how often a request is
    sent again that was not answered or came too fast.
    """

    def __init__(
        self,
        address: str,
        key: str,
        *,
        language: str = "vi",
        timeout: float = 60.0,
        retries: int = 5,
        context: ssl.SSLContext | None = None,
    ) -> None:
        if not key.isascii() or not key.isprintable() or " " in key or not key:
            raise ValueError("this is no key")
        self._transport = Transport(Place.of(address), timeout, context)
        self._headers = {"Authorization": f"Bearer {key}", "Accept-Language": language}
        self._retries = retries

    def __repr__(self) -> str:
        return "Client(…)"

    # Requests

    def get(self, path: str, query: Query | None = None) -> Any:
        """The document at a path below /api/v1. Raises Problem, Unreachable."""
        return self._document("GET", path, query=query)

    def post(self, path: str, document: Any = None, *, name: str = "") -> Any:
        """Make a change; `name` (random if not given) lets it happen once, however often sent."""
        return self._document("POST", path, document=document, name=name or _name())

    def put(self, path: str, document: Any, *, name: str = "") -> Any:
        """Replace something; see `post`."""
        return self._document("PUT", path, document=document, name=name or _name())

    def patch(self, path: str, document: Any, *, state: str = "", name: str = "") -> Any:
        """Change something, for the `state` in which it was read, where that is asked for."""
        more = {"If-Match": f'"{state}"'} if state else {}
        return self._document("PATCH", path, document=document, name=name or _name(), more=more)

    def delete(self, path: str, query: Query | None = None, *, name: str = "") -> Any:
        """Remove something; see `post`."""
        return self._document("DELETE", path, query=query, name=name or _name())

    # Lists

    def pages(self, path: str, query: Query | None = None) -> Iterator[dict[str, Any]]:
        """Every item of a list, page after page."""
        asked = dict(query or {})
        while True:
            page = self.get(path, asked)
            yield from page["items"]
            if not page.get("next"):
                return
            asked["cursor"] = page["next"]

    def search(self, words: str, **filters: str | int) -> Iterator[dict[str, Any]]:
        """What `words` find, best first; filters as of GET /search."""
        return self.pages("/search", {"q": words, **filters})

    def dossiers(self, **filters: str | int) -> Iterator[dict[str, Any]]:
        """The dossiers that the key may see."""
        return self.pages("/dossiers", filters)

    def documents(self, **filters: str | int) -> Iterator[dict[str, Any]]:
        """The documents that the key may see."""
        return self.pages("/documents", filters)

    def fonds(self) -> Iterator[dict[str, Any]]:
        """The fonds of the key's body."""
        return self.pages("/fonds")

    def freezes(self) -> Iterator[dict[str, Any]]:
        """The freezes at the key's body, lifted ones too, newest first."""
        return self.pages("/freezes")

    def edits(self, state: str = "") -> Iterator[dict[str, Any]]:
        """Changes of labelled records, newest first: "waiting", "decided", or all of both."""
        return self.pages("/edits", {"state": state or None})

    def jobs(self, state: str = "") -> Iterator[dict[str, Any]]:
        """Background work, newest first."""
        return self.pages("/jobs", {"state": state or None})

    # Work

    def change(self, path: str, state: str, description: Mapping[str, Any]) -> dict[str, Any]:
        """Set fields of a description for the `state` that was read.

        Raises Problem of kind "precondition-failed" if somebody changed it since.
        """
        found: dict[str, Any] = self.patch(path, {"description": dict(description)}, state=state)
        return found

    def approve(self, edit: Mapping[str, Any]) -> dict[str, Any]:
        """Make a change that somebody else asked for and that waits; what changed."""
        found: dict[str, Any] = self.post(f"/edits/{edit['id']}/approve")
        return found

    def refuse(self, edit: Mapping[str, Any], reason: str) -> dict[str, Any]:
        """Leave the record as it is; whoever asked for the change reads the reason."""
        found: dict[str, Any] = self.post(f"/edits/{edit['id']}/refuse", {"reason": reason})
        return found

    def withdraw(self, edit: Mapping[str, Any]) -> dict[str, Any]:
        """Take back a change that the key's own person asked for."""
        found: dict[str, Any] = self.post(f"/edits/{edit['id']}/withdraw")
        return found

    def preview(
        self, of: str, act: str, args: Mapping[str, Any], asked: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """What an act would do with all "dossiers" or "documents" of a filter; nothing is done."""
        document = {"of": of, "act": act, "args": dict(args), "asked": dict(asked or {})}
        found: dict[str, Any] = self.post("/bulk-acts", document)
        return found

    def rows(self, preview: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """Each row of a previewed act: whether it can be done and why not, or what came of it."""
        return self.pages(f"/bulk-acts/{preview['id']}/rows")

    def confirm(self, preview: Mapping[str, Any]) -> dict[str, Any]:
        """Start exactly what was previewed; the job, for `wait`."""
        path = f"/bulk-acts/{preview['id']}/confirm"
        found: dict[str, Any] = self.post(path, {"digest": preview["digest"]})
        return found

    def wait(
        self, job: Mapping[str, Any], *, every: float = 1.0, within: float = 3600.0
    ) -> dict[str, Any]:
        """The job once it is done. Raises JobFailed, and TimeoutError after `within` seconds."""
        deadline = time.monotonic() + within
        while True:
            found: dict[str, Any] = self.get(f"/jobs/{job['id']}")
            if found["state"] == "done":
                return found
            if found["state"] in {"failed", "stopped"}:
                raise JobFailed(found)
            if time.monotonic() > deadline:
                raise TimeoutError(f"{found['kind']} still {found['state']}")
            time.sleep(every)

    def upload(
        self,
        fonds: str,
        folder: Path,
        *,
        index: Path | None = None,
        title: str = "",
        answers: Mapping[str, str] | None = None,
        name: str = "",
    ) -> dict[str, Any]:
        """Send a folder (or one zip) as a batch; returns `batch` and the `job` that checks it.

        Without `index` the one workbook or CSV in it is the index. The same `name` sends it once.
        """
        files = (
            [folder] if folder.is_file() else sorted(p for p in folder.rglob("*") if p.is_file())
        )
        if index is not None:
            files = [one for one in files if one.resolve() != index.resolve()]
        home = folder.parent if folder.is_file() else folder
        fields = [("fonds", fonds), ("name", title), ("answers", json.dumps(dict(answers or {})))]
        fields += [("paths", one.relative_to(home).as_posix()) for one in files]
        parts = [("files", one.name, one) for one in files]
        if index is not None:
            parts.append(("index", index.name, index))
        with form(fields, parts) as (body, size, kind):
            more = {"Content-Type": kind, "Content-Length": str(size)}
            found: dict[str, Any] = self._document(
                "POST", "/imports", sent=body, name=name or _name(), more=more
            )
        return found

    def download(self, file: Mapping[str, Any], target: Path) -> Path:
        """Save a content file (an item of a document's `files`) as `target`.

        A download that was cut off goes on from where it stood (`target` with `.part`). Raises
        NotWhole if the bytes are not those that the house told, FileExistsError for a target that
        is there.
        """
        if target.exists():
            raise FileExistsError(target)
        part = target.with_name(target.name + ".part")
        path = f"{_API}/files/{file['id']}/content"
        for attempt in range(self._retries + 1):
            done = part.stat().st_size if part.exists() else 0
            if done >= file["size"]:
                break
            try:
                self._append(path, part, done, str(file["sha256"]))
            except (OSError, http.client.HTTPException) as error:
                if attempt == self._retries:
                    raise Unreachable(f"the download broke off: {type(error).__name__}") from error
                time.sleep(_pause(attempt, None))
        with part.open("ab"):
            pass  # a file of no bytes is a file as well
        if _sha256(part) != file["sha256"]:
            part.unlink()
            raise NotWhole(f"{target.name}: another SHA-256 than the house told")
        return part.rename(target)

    def _append(self, path: str, part: Path, done: int, sha256: str) -> None:
        more = {"Range": f"bytes={done}-", "If-Range": f'"{sha256}"'} if done else {}
        answer = self._opened("GET", path, more, None)
        with answer:
            with part.open("ab" if answer.status == 206 else "wb") as target:
                while piece := answer.read(_PIECE):
                    target.write(piece)
            if answer.length:
                raise http.client.IncompleteRead(b"")

    def proof(self, kind: str, record: str) -> dict[str, Any]:
        """The proof document of a record; `kind` is "dossiers" or "documents"."""
        found: dict[str, Any] = self.get(f"/{kind}/{record}/proof")
        return found

    def verify(self, body: str, proof: Mapping[str, Any]) -> int:
        """How many events a proof holds by the log of `body`. Raises ValueError if it does not."""
        found = self.post(f"/ledger/{body}/verify", {"bundle": dict(proof)})
        if not found["holds"]:
            raise ValueError(f"the proof does not hold: {found['why']}")
        return int(found["events"])

    # Inside

    def _document(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        document: Any = None,
        sent: BinaryIO | None = None,
        name: str = "",
        more: Mapping[str, str] | None = None,
    ) -> Any:
        headers = dict(more or {})
        body: Sent = sent
        if document is not None:
            body = json.dumps(document, ensure_ascii=False).encode()
            headers["Content-Type"] = "application/json"
        if name:
            headers["Idempotency-Key"] = name
        asked = urlencode({k: _text(v) for k, v in (query or {}).items() if v is not None})
        address = f"{_API}{path}" + (f"?{asked}" if asked else "")
        with self._opened(method, address, headers, body) as answer:
            try:
                data = answer.read(MOST_DOCUMENT + 1)
                if len(data) > MOST_DOCUMENT:
                    raise Unreachable("the answer is larger than a document may be")
                return json.loads(data) if data else None
            except (ValueError, OSError, http.client.HTTPException) as error:
                raise Unreachable("the answer is no document") from error

    def _opened(
        self, method: str, address: str, more: Mapping[str, str], sent: Sent
    ) -> http.client.HTTPResponse:
        """The good answer to a request, sent again as often as that may help."""
        headers = {**self._headers, **more}
        for attempt in range(self._retries + 1):
            if sent is not None and not isinstance(sent, bytes):
                sent.seek(0)
            try:
                answer = self._transport.open(method, address, headers, sent)
            except (OSError, http.client.HTTPException) as error:
                if attempt == self._retries:
                    raise Unreachable(f"no answer: {type(error).__name__}") from error
                time.sleep(_pause(attempt, None))
                continue
            if 200 <= answer.status < 300:
                return answer
            with answer:
                problem = _problem(answer)
            if answer.status not in _AGAIN or attempt == self._retries:
                raise problem
            time.sleep(_pause(attempt, answer.headers.get("Retry-After")))
        raise AssertionError("unreachable")


def _problem(answer: http.client.HTTPResponse) -> Problem:
    try:
        document = json.loads(answer.read(1024 * 1024))
    except (ValueError, OSError, http.client.HTTPException):
        document = {}
    return Problem(answer.status, document if isinstance(document, dict) else {})


def _pause(attempt: int, told: str | None) -> float:
    """Seconds to wait: as told, else longer each time."""
    if told is not None and told.isascii() and told.isdigit():
        return min(float(told), _LONGEST_PAUSE)
    return float(min(0.25 * 2**attempt, _LONGEST_PAUSE))


def _name() -> str:
    return str(uuid.uuid4())


def _text(value: str | int | bool | None) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _sha256(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
