"""Rules that hold for every template and static file of the product, whoever adds one."""

import ast
import gzip
import re
import tomllib
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "tangthu"
STATIC = SOURCE / "ui" / "static" / "ui"
TEMPLATES = sorted(SOURCE.glob("**/templates/**/*.html"))
PYTHON = sorted(p for p in SOURCE.glob("**/*.py") if "standards" not in p.parts)
GETTEXT = {
    "_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy",
}  # fmt: skip


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_no_template_has_inline_script_style_or_handlers(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"<script(?![^>]*\ssrc=)", text, re.IGNORECASE)
    assert not re.search(r"<style\b", text, re.IGNORECASE)
    assert not re.search(r"<[^>]*\sstyle\s*=", text, re.IGNORECASE)
    assert not re.search(r"<[^>]*\son[a-z]+\s*=", text, re.IGNORECASE)
    assert not re.search(r"javascript:", text, re.IGNORECASE)
    assert not re.search(r"hx-(on|vals=['\"]js:)", text, re.IGNORECASE)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_no_template_fetches_from_another_host_or_switches_escaping_off(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"(src|href|action)=[\"'](https?:)?//", text)
    assert not re.search(r"\|\s*safe\b|autoescape\s+off", text)


def test_no_translated_text_is_put_together_before_translation() -> None:
    found = []
    for path in PYTHON:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            composed = (ast.JoinedStr, ast.BinOp, ast.Call)
            if name in GETTEXT and any(isinstance(a, composed) for a in node.args[:1]):
                found.append(f"{path.relative_to(SOURCE)}:{node.lineno}")
    assert found == []


def _packed(paths: list[Path]) -> int:
    return sum(len(gzip.compress(path.read_bytes(), 9)) for path in paths)


def test_styles_and_scripts_stay_within_60_kb_packed() -> None:
    files = [*STATIC.rglob("*.css"), *STATIC.rglob("*.js")]
    assert any(path.name == "htmx.min.js" for path in files)
    assert any(path.name == "stimulus.js" for path in files)
    assert _packed(files) <= 60_000


def test_every_controller_a_template_names_exists_and_is_started() -> None:
    start = (STATIC / "start.js").read_text("utf-8")
    there = {path.stem for path in (STATIC / "controllers").glob("*.js")}
    assert all(f"./controllers/{name}.js" in start for name in there)
    for path in TEMPLATES:
        for names in re.findall(r'data-controller="([^"]*)"', path.read_text("utf-8")):
            plain = set(re.sub(r"\{%.*?%\}", " ", names).split())
            assert plain <= there, path


def test_colours_of_text_and_controls_are_told_apart_by_weak_eyes() -> None:
    tokens = dict(re.findall(r"--([\w-]+): (#[0-9a-f]+);", (STATIC / "tokens.css").read_text()))

    def luminance(name: str) -> float:
        code = tokens[name].lstrip("#")
        code = "".join(c * 2 for c in code) if len(code) == 3 else code
        parts = [int(code[i : i + 2], 16) / 255 for i in (0, 2, 4)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    def contrast(one: str, other: str) -> float:
        low, high = sorted((luminance(one), luminance(other)))
        return (high + 0.05) / (low + 0.05)

    for ground in ("paper", "surface", "surface-sunk", "accent-soft"):
        for text in ("ink", "ink-quiet", "accent", "lacquer"):
            assert contrast(text, ground) >= 4.5, (text, ground)
        assert contrast("line-strong", ground) >= 3, ground
        assert contrast("focus", ground) >= 3, ground
    for tone in ("ok", "warn", "lacquer"):
        assert contrast(tone, f"{tone}-soft") >= 4.5, tone
    assert contrast("surface", "accent") >= 4.5
    assert contrast("focus-on-dark", "accent-deep") >= 3


def test_every_vendored_browser_file_is_listed_in_vendor_toml() -> None:
    root = SOURCE.parents[1]
    listed = {e["path"] for e in tomllib.loads((root / "vendor.toml").read_text())["vendored"]}
    held = {p.relative_to(root).as_posix() for p in (STATIC / "vendor").rglob("*") if p.is_file()}
    assert held
    assert held <= listed
