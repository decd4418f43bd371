"""Facts of an image file, read by Pillow inside a sandbox worker."""

from __future__ import annotations

import warnings
from typing import Any

from PIL import Image, TiffImagePlugin

FORMATS = ("JPEG", "PNG", "TIFF", "GIF", "BMP", "WEBP", "JPEG2000")
MAX_PIXELS = 400_000_000
_DECODE_PIXELS = 120_000_000
_MAX_FRAMES = 2_000


def image_facts(path: str) -> dict[str, Any]:
    """Facts of the image at `path` as a dictionary for `probe.ImageFacts`; never raises for bytes.

    Images of more than 400 million pixels are not decoded ("bomb"); up to 120 million pixels the
    whole first frame is decoded, to find damage.
    """
    facts: dict[str, Any] = {
        "codec": "", "width": 0, "height": 0, "mode": "", "frames": 0, "dpi": None,
        "opens": False, "damaged": False, "problem": None,
    }  # fmt: skip
    Image.MAX_IMAGE_PIXELS = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path, formats=FORMATS) as image:
                _describe(image, facts)
                pixels = image.width * image.height
                if pixels > MAX_PIXELS:
                    facts["problem"] = "bomb"
                    return facts
                if pixels <= _DECODE_PIXELS:
                    _decode(image, facts)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - Pillow raises many kinds on hostile bytes
        facts["damaged"] = True
    return facts


def _describe(image: Image.Image, facts: dict[str, Any]) -> None:
    facts["opens"] = True
    facts["codec"] = image.format or ""
    facts["width"], facts["height"], facts["mode"] = image.width, image.height, image.mode
    facts["dpi"] = _dpi(image)
    facts["frames"] = 1


def _decode(image: Image.Image, facts: dict[str, Any]) -> None:
    image.load()
    frames = 1
    while frames < _MAX_FRAMES:
        try:
            image.seek(frames)
        except EOFError:
            break
        frames += 1
    facts["frames"] = frames


def _dpi(image: Image.Image) -> int | None:
    value = image.info.get("dpi")
    if isinstance(image, TiffImagePlugin.TiffImageFile) and value is None:
        return None
    try:
        across = round(float(value[0])) if value else 0
    except (TypeError, ValueError, IndexError, OverflowError, ZeroDivisionError):
        return None
    return across if 1 < across <= 10_000 else None
