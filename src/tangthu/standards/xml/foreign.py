"""Validating against schemas that came with hostile data, in a child process with hard limits.

Compiling a foreign XSD can cost unbounded time and memory (nested `maxOccurs`, patterns). The child
gets seconds of CPU and a memory ceiling; if it dies, the schema is unusable and nothing else hurts.
"""

from __future__ import annotations

import contextlib
import json
import struct
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

from tangthu.standards.xml.errors import SchemaUnusableError
from tangthu.standards.xml.reading import DEFAULT, SMALL, Limits, XmlSource, _chunks, parse
from tangthu.standards.xml.schemas import SchemaFault

_CHILD = Path(__file__).with_name("foreign_child.py")


class ForeignSchemas:
    """A set of foreign schema documents, used by one child process until the block ends."""

    def __init__(
        self,
        documents: Mapping[str, bytes],
        *,
        cpu_seconds: int = 30,
        memory_bytes: int = 1024**3,
    ) -> None:
        """`documents`: file name → bytes, each already within `SMALL`; limits are the child's."""
        self._documents = dict(documents)
        self._cpu = cpu_seconds
        self._memory = memory_bytes
        self._asked: list[str] = []

    def __enter__(self) -> ForeignSchemas:
        for data in self._documents.values():
            parse(data, limits=SMALL)
        self._folder = tempfile.TemporaryDirectory(prefix="xsd-")
        names = {}
        for position, (name, data) in enumerate(self._documents.items()):
            Path(self._folder.name, f"{position}.xsd").write_bytes(data)
            names[name.replace("\\", "/").rsplit("/", 1)[-1].lower()] = f"{position}.xsd"
        Path(self._folder.name, "names.json").write_text(json.dumps(names), encoding="utf-8")
        self._answers = Path(self._folder.name, "answers.jsonl")
        with self._answers.open("wb") as answers:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-I",
                    str(_CHILD),
                    self._folder.name,
                    str(self._cpu),
                    str(self._memory),
                ],
                stdin=subprocess.PIPE,
                stdout=answers,
                stderr=subprocess.DEVNULL,
            )
        return self

    def submit(
        self, place: str, schemas: Sequence[str], source: XmlSource, *, limits: Limits = DEFAULT
    ) -> None:
        """Ask for one document, named `place`, to be validated against the named schemas."""
        self._asked.append(place)
        pipe = self._process.stdin
        assert pipe is not None
        try:
            self._send(json.dumps([place, list(schemas)]).encode())
            for chunk in _chunks(source, limits.max_bytes):
                self._send(chunk)
            self._send(b"")
        except BrokenPipeError:
            return

    def answers(self) -> dict[str, list[SchemaFault]]:
        """Wait for the child and return the faults of each document submitted.

        Raises `SchemaUnusableError` if the schemas could not be compiled or cost too much.
        """
        pipe = self._process.stdin
        assert pipe is not None
        with contextlib.suppress(BrokenPipeError):
            pipe.close()
        try:
            self._process.wait(timeout=self._cpu * 4)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        found: dict[str, list[SchemaFault]] = {}
        unusable = ""
        for line in self._answers.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                answer = json.loads(line)
            except ValueError:
                break
            if "unusable" in answer:
                unusable = str(answer["unusable"])
                break
            found[answer["place"]] = [SchemaFault(row, text) for row, text in answer["faults"]]
        if unusable or any(place not in found for place in self._asked):
            detail = unusable or "vượt quá giới hạn cho phép"
            raise SchemaUnusableError(
                f"Lược đồ XSD kèm theo không dùng được: {detail}.",
                "Thay bằng lược đồ đúng chuẩn.",
                detail=detail,
            )
        return found

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        if self._process.stdin is not None and not self._process.stdin.closed:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()
        self._folder.cleanup()

    def _send(self, piece: bytes) -> None:
        pipe = self._process.stdin
        assert pipe is not None
        pipe.write(struct.pack(">I", len(piece)))
        pipe.write(piece)
