"""Uploads that do not fit are refused before they fill the disk, and nothing of them stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from tests.support.house import TestHouse

from tangthu.kernel.uploads import lacked_room


def kept() -> list[Path]:
    """Files that an upload left."""
    return [path for path in settings.HOME.uploads.iterdir() if path.is_file()]


@pytest.mark.parametrize("announced", [10**15, 2**62])
def test_what_is_announced_as_larger_than_the_disk_is_not_begun(
    test_house: TestHouse, announced: int
) -> None:
    files = [SimpleUploadedFile(f"{n}.pdf", b"%PDF-" + bytes(100_000)) for n in range(3)]
    request = RequestFactory().post("/", {"name": "x", "files": files})
    request.META["CONTENT_LENGTH"] = str(announced)
    assert request.POST["name"] == "x", "what came before the files is there"
    assert not request.FILES
    assert lacked_room(request)
    assert request.read() == b"", "the rest was read, so that the answer reaches the sender"
    assert kept() == []


def test_what_fits_is_taken_to_the_home_alone(test_house: TestHouse) -> None:
    files = [SimpleUploadedFile("a.pdf", b"%PDF-" + bytes(100_000))]
    request = RequestFactory().post("/", {"files": files})
    assert not lacked_room(request)
    taken = request.FILES["files"]
    assert taken.size == 100_005
    assert Path(taken.temporary_file_path()).parent == settings.HOME.uploads
    request.close()
    assert kept() == []
