"""What the house's own code never does: run text as code, guess secrets, or hand text to HTML."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "tangthu"
RUN_TEXT = {"eval", "exec", "compile", "__import__"}
MODULES = {
    "pickle", "marshal", "shelve", "dill", "random", "telnetlib", "ftplib", "smtplib", "imaplib",
    "ldap", "ldap3", "memcache", "pymemcache", "websockets", "graphene", "jwt",
}  # fmt: skip
# What no call may name, by its last words, whatever object it is asked of.
CALLS = {"os.system", "os.popen", "subprocess.getoutput", "yaml.load", "yaml.unsafe_load",
         "tarfile.open", "shutil.unpack_archive", "tempfile.mktemp", "Template",
         "ssl._create_unverified_context", "Engine.from_string", "engines.from_string"}  # fmt: skip
# md5 and sha1 are read of old OCFL objects and never made (usedforsecurity=False).
WEAK = {"hashlib.md5", "hashlib.sha1"}
SCRIPTS = [
    path
    for path in sorted(SOURCE.rglob("*.js"))
    if "vendor" not in path.parts and not path.name.endswith(".min.js")
]
IN_SCRIPTS = re.compile(
    r"\beval\s*\(|new Function|innerHTML|outerHTML|insertAdjacentHTML|document\.write|postMessage"
    r"|sessionStorage|indexedDB|document\.cookie|WebSocket|EventSource|RTCPeerConnection|importScripts"
)


def _dangers(source: str) -> Iterator[tuple[int, str]]:
    """Line and name of each dangerous call in a module's `source`."""
    for call in ast.walk(ast.parse(source)):
        if not isinstance(call, ast.Call):
            continue
        name = ast.unparse(call.func)
        keywords = {one.arg: ast.unparse(one.value) for one in call.keywords}
        if (
            name in RUN_TEXT
            or name in CALLS
            or keywords.get("shell", "False") != "False"
            or keywords.get("verify", "True") == "False"
            or keywords.get("autoescape", "True") == "False"
            or (name in WEAK and keywords.get("usedforsecurity") != "False")
            or (name == "mark_safe" and not _constant(call.args[0]))
        ):
            yield call.lineno, name


def _constant(node: ast.expr) -> bool:
    """A literal, or a NAME or NAME[…] of constants in capitals."""
    base = node.value if isinstance(node, ast.Subscript) else node
    return isinstance(base, ast.Constant) or (isinstance(base, ast.Name) and base.id.isupper())


def test_no_text_is_run_as_code_and_no_command_goes_through_a_shell() -> None:
    for planted in ("eval(x)", "run(c, shell=True)", "hashlib.md5(x)", "mark_safe(text)",
                    "Template(text)", "get(u, verify=False)", "os.system(c)"):  # fmt: skip
        assert list(_dangers(planted)), planted
    found = [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for path in sorted(SOURCE.rglob("*.py"))
        for line, name in _dangers(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_no_module_for_dangerous_things_is_imported() -> None:
    """Secrets come from `secrets` and `os.urandom`; objects are never unpickled.

    No mail, LDAP, cache server, GraphQL, WebSocket or OAuth is spoken.
    """
    found = []
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = (
                [one.name for one in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            found += [
                f"{path.relative_to(ROOT)}:{node.lineno} {name}"
                for name in names
                if name.split(".")[0] in MODULES or name == "django.core.mail"
            ]
    assert found == []


def test_scripts_put_no_text_into_html_and_keep_nothing_in_the_browser() -> None:
    assert len(SCRIPTS) >= 10
    found = [
        f"{path.name}: {hit[0]}"
        for path in SCRIPTS
        for hit in IN_SCRIPTS.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []
    # One switch, and no word of a record: whether the keys of the keyboard are off.
    keeps = [path.name for path in SCRIPTS if "localStorage" in path.read_text(encoding="utf-8")]
    assert keeps == ["keyboard.js"]
