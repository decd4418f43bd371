"""Which format a file has, by its bytes: PRONOM identifiers from siegfried (pygfried).

PRONOM's persistent identifiers (PUID) are the format names that PREMIS and E-ARK packages carry.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tangthu.kernel.sandbox import Sandbox, SandboxError

_BATCH = 64
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,12}\Z")


@dataclass(frozen=True, slots=True)
class FormatFact:
    """One verdict on one file.

    `puid` such as "fmt/477", None when no signature fits; `basis` says on what bytes the verdict
    rests; `extension_agrees` is False when the file name's ending belongs to another format, None
    when that cannot be told; `others` are further PUIDs that fit as well; `signature` names the
    signature files used; `problem` is None, or why the file could not be looked at
    ("empty", "unreadable", "timed_out", "crashed", "out_of_memory", "failed").
    """

    puid: str | None
    name: str
    version: str
    mime: str
    basis: str
    warning: str
    extension_agrees: bool | None
    others: tuple[str, ...]
    signature: str
    problem: str | None


def identify(path: Path, sandbox: Sandbox, *, name: str | None = None) -> FormatFact:
    """Identify the file at `path`; `name` is its original name where the path does not end so."""
    return identify_many([(path, name or path.name)], sandbox)[0]


def identify_many(files: Sequence[tuple[Path, str]], sandbox: Sandbox) -> list[FormatFact]:
    """Identify files given as (path, original name), in that order; never raises for a bad file.

    A file that ends a worker is found by asking for the files of its batch one by one.
    """
    facts: list[FormatFact] = []
    for start in range(0, len(files), _BATCH):
        with tempfile.TemporaryDirectory(prefix="tangthu-identify-") as folder:
            batch = [
                (str(_show(path.absolute(), name, Path(folder) / str(number))), name)
                for number, (path, name) in enumerate(files[start : start + _BATCH])
            ]
            try:
                facts += _ask(batch, sandbox)
            except SandboxError:
                facts += [_ask_one(one, sandbox) for one in batch]
    return facts


def _ask_one(one: tuple[str, str], sandbox: Sandbox) -> FormatFact:
    try:
        return _ask([one], sandbox)[0]
    except SandboxError as error:
        return _nothing(problem_of(error))


def _show(path: Path, name: str, link: Path) -> Path:
    """`path`, or a link to it with the ending of `name`, which siegfried reads from the path."""
    suffix = next(iter(_SUFFIX.findall(name)), "")
    if path.suffix == suffix and "\n" not in str(path):
        return path
    link = link.with_name(link.name + suffix)
    link.symlink_to(path)
    return link


def problem_of(error: SandboxError) -> str:
    """The short code of a sandbox failure: "timed_out", "crashed", "out_of_memory", "failed"."""
    codes = {"TimedOut": "timed_out", "Crashed": "crashed", "OutOfMemory": "out_of_memory"}
    return codes.get(type(error).__name__, "failed")


def _ask(batch: Sequence[tuple[str, str]], sandbox: Sandbox) -> list[FormatFact]:
    answers = sandbox.call("tangthu.capture.identify:identify_in_worker", [list(b) for b in batch])
    return [FormatFact(**{**answer, "others": tuple(answer["others"])}) for answer in answers]


def _nothing(problem: str | None, signature: str = "") -> FormatFact:
    return FormatFact(None, "", "", "", "", "", None, (), signature, problem)


def identify_in_worker(batch: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    """Worker side of `identify_many`: [(absolute path, name)] → FormatFact as dictionaries."""
    result = _scanner().identify_many([path for path, _ in batch])
    signature = f"siegfried {result['siegfried']}; " + "; ".join(
        str(identifier["details"]) for identifier in result["identifiers"]
    )
    found = {entry["filename"]: entry for entry in result["files"]}
    facts = []
    for path, name in batch:
        entry = found.get(path)
        fact = _fact(entry, name, signature) if entry else _nothing("unreadable", signature)
        facts.append(asdict(fact))
    return facts


@cache
def _scanner() -> Any:
    import pygfried

    return pygfried.Scanner(profile="default")


def _fact(entry: dict[str, Any], name: str, signature: str) -> FormatFact:
    matches = list(_real_matches(entry))
    errors = str(entry["errors"])
    problem = None
    if "empty source" in errors:
        problem = "empty"
    elif errors:
        problem = "unreadable"
    if not matches:
        return _nothing(problem, signature)
    best = matches[0]
    warning = str(best["warning"])
    has_suffix = bool(_SUFFIX.search(name))
    return FormatFact(
        puid=str(best["id"]),
        name=str(best["format"]),
        version=str(best["version"]),
        mime=str(best["mime"]).partition(",")[0].strip(),
        basis=str(best["basis"]),
        warning=warning,
        extension_agrees="extension mismatch" not in warning if has_suffix else None,
        others=tuple(str(match["id"]) for match in matches[1:]),
        signature=signature,
        problem=problem,
    )


def _real_matches(entry: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for match in entry["matches"]:
        if match["id"] != "UNKNOWN":
            yield match
