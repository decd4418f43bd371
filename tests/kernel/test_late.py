"""What runs in the background is known to every process, and imported by who does it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.utils.module_loading import import_string

from tangthu.kernel import late

_HEAVY = ("openpyxl", "xlsxwriter", "pikepdf", "pypdfium2", "PIL", "docx", "ninja", "pydantic")


def test_every_place_that_start_up_promises_is_there() -> None:
    assert len(late.promised) > 10
    for place in sorted(late.promised):
        assert callable(import_string(place)), place


def test_a_late_function_hands_on_what_it_is_given_and_what_comes_back() -> None:
    joined = late.late("os.path.join")
    assert late.late("os.path.join") is joined
    late.promised.discard("os.path.join")
    assert joined("kho", "a") == "kho/a"


def test_a_place_that_is_none_fails_when_it_is_called() -> None:
    nothing = late.late("tangthu.kernel.late.nothing")
    late.promised.discard("tangthu.kernel.late.nothing")
    with pytest.raises(ImportError):
        nothing()


def test_a_process_that_only_starts_reads_no_sheet_pdf_or_image_library() -> None:
    program = (
        "import sys, django; django.setup();"
        f"print([name for name in {_HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=os.environ
    )
    assert done.stdout.strip() == "[]"
