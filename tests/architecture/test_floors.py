"""The rules of the house that a machine can check (DESIGN section 3)."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "tangthu"
WRITES = {
    "save", "create", "acreate", "bulk_create", "bulk_update", "get_or_create",
    "update_or_create", "delete",
}  # fmt: skip
QUERYSET = re.compile(r"\.(objects|filter|exclude|all|select_for_update)\b")
SQL_WRITE = re.compile(r"\b(INSERT\s+INTO|UPDATE\s+\w+\s+(\w+\s+)?SET|DELETE\s+FROM|TRUNCATE)\b")


def test_imports_only_go_down() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]


def _doors() -> set[str]:
    """Modules outside actions/ that may write, from the list in docs/architecture.md."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    block = re.search(r"```write-doors\n(.*?)```", text, re.DOTALL)
    assert block is not None
    return {line.split()[0] for line in block[1].splitlines() if line.strip()}


def _modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(SOURCE.rglob("*.py")):
        name = path.relative_to(SOURCE).as_posix()
        yield name, ast.parse(path.read_text(encoding="utf-8"))


def _writes(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            receiver = ast.unparse(node.func.value)
            name = node.func.attr
            # Django's save() takes no positional argument; an image's save(target) does.
            if (name in WRITES and not (name == "save" and node.args)) or (
                name == "update" and QUERYSET.search(f".{receiver}")
            ):
                yield node.lineno, f"{receiver[:40]}.{name}()"
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and SQL_WRITE.search(text) and "CREATE " not in text:
            yield node.lineno, text.strip()[:60]


def test_only_actions_and_listed_doors_write_to_the_database() -> None:
    doors = _doors()
    used: set[str] = set()
    found: list[str] = []
    for name, tree in _modules():
        if "/actions/" in name or "/migrations/" in name or name.startswith("standards/"):
            continue
        for line, words in _writes(tree):
            if name in doors:
                used.add(name)
            else:
                found.append(f"{name}:{line}: {words}")
    assert not found, "\n".join(found)
    assert used == doors, f"listed but writing nothing: {sorted(doors - used)}"


def test_the_check_of_write_doors_sees_a_write() -> None:
    tree = ast.parse(
        "Dossier.objects.filter(pk=1).update(title='x')\nd.save()\n"
        "cursor.execute('INSERT INTO records_document VALUES (1)')\nhasher.update(b'x')\n"
    )
    assert [line for line, _ in _writes(tree)] == [1, 2, 3]


def test_views_reach_protected_models_only_through_queries() -> None:
    protected = {"Document", "Dossier", "Membership", "ContentFile", "Package", "PackageVersion"}
    found = [
        f"{name}:{node.lineno}"
        for name, tree in _modules()
        if "/views" in name or name.startswith("faces/")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr == "objects"
        and isinstance(node.value, ast.Name)
        and node.value.id in protected
    ]
    assert not found, found


def test_no_file_names_the_workplace_or_unfinished_work() -> None:
    words = re.compile(r"\bTODO\b|\bFIXME\b|\bXXX\b|raise NotImplementedError")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sorted(SOURCE.rglob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if words.search(line)
    ]
    assert not found, found
