"""Pictures for the documentation: starts a demonstration of its own and photographs its pages."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
# What the guides inside show, small: the wide pictures that their pages name.
GUIDES = ROOT / "src/tangthu/faces/office"
GUIDE_WIDTH = 960
CHROMIUM = "/usr/bin/chromium"
SIZES = {"": (1280, 800), "-390": (390, 844)}


def free_port() -> int:
    """A port on loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str) -> None:
    """Wait until the server answers."""
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.3)
    raise SystemExit("the server did not start")


def record_link(page: Page, start: str) -> str:
    """Address of the first record on the page below `start`."""
    links = page.locator(f'main a[href^="{start}"]').evaluate_all(
        "found => found.map(one => one.getAttribute('href'))"
    )
    return next(link for link in links if re.fullmatch(rf"{start}[0-9a-f-]{{36}}/", link))


def shoot(page: Page, base: str, suffix: str) -> None:
    """Photograph the main pages."""
    addresses = {"viec-cua-toi": "/", "ho-so": "/ho-so/", "tai-lieu": "/tai-lieu/",
                 "tim": "/tim/?q=quyet+dinh", "so-cai": "/so-cai/",
                 "tim-bang": "/tim/?q=quyet+dinh&dang=bang", "thong-ke": "/thong-ke/",
                 "xuat": "/xuat/moi/?nguon=documents&q=quyet+dinh",
                 "lich-su": "/lich-su-khai-thac/", "cong-viec": "/cong-viec/",
                 "quy-tac": "/quy-tac/", "tai-khoan": "/tai-khoan/"}  # fmt: skip
    page.goto(f"{base}/ho-so/")
    dossier = addresses["mot-ho-so"] = record_link(page, "/ho-so/")
    addresses["goi-su-dung"] = f"{dossier}goi-su-dung/"
    page.goto(base + addresses["mot-ho-so"])
    addresses["mot-tai-lieu"] = record_link(page, "/tai-lieu/")
    addresses |= {"nhap-dot": "/dot-so-hoa/moi/", "kho": "/kho/"}
    page.goto(f"{base}/dot-so-hoa/")
    batch = addresses["dot-so-hoa"] = record_link(page, "/dot-so-hoa/")
    addresses["tiep-nhan"] = f"{batch}tiep-nhan/"
    page.goto(base + batch)
    edits = page.locator('.finding a[href*="/sua/"]')
    addresses["sua-dong"] = edits.last.get_attribute("href") or batch
    for name, address in addresses.items():
        page.goto(base + address)
        keep(page, f"{name}{suffix}")
    page.goto(base + dossier)
    page.locator('summary:has-text("Xuất, in")').click()
    page.click('button:has-text("In mục lục")')
    keep(page, f"muc-luc-in{suffix}")
    # A package that is up to date is not sealed again: something must have changed.
    page.goto(f"{base}{dossier}mo-ta/")
    page.get_by_label("Ghi chú").fill(f"Đã đối chiếu với bản giấy{suffix}.")
    page.click("button[type=submit]:has-text('Lưu')")
    page.wait_for_url(f"{base}{dossier}")
    page.goto(f"{base}{dossier}dong-goi/")
    keep(page, f"dong-goi{suffix}")
    shoot_rights(page, base, dossier, suffix)
    shoot_bulk(page, base, suffix)


def shoot_rights(page: Page, base: str, dossier: str, suffix: str) -> None:
    """Ask for a right on the dossier, and photograph the change and who may see the dossier."""
    page.goto(f"{base}{dossier}ai-duoc-xem/")
    page.get_by_role("link", name="Cấp quyền").click()
    page.get_by_label("Cấp cho").select_option(index=1)
    page.get_by_label("Căn cứ").fill("15/QĐ-CC ngày 12/03/2026")
    page.get_by_role("button", name="Gửi đề nghị").click()
    keep(page, f"thay-doi-quyen{suffix}")
    page.goto(f"{base}{dossier}ai-duoc-xem/")
    keep(page, f"ai-duoc-xem{suffix}")


def shoot_bulk(page: Page, base: str, suffix: str) -> None:
    """Photograph the preview of one act for all documents of a filter."""
    page.goto(f"{base}/tai-lieu/")
    page.get_by_role("button", name="Làm hàng loạt").first.click()
    keep(page, f"hang-loat{suffix}")


def shoot_system(browser: Browser, base: str, password: str, suffix: str) -> None:
    """Photograph what who keeps the house and its people sees."""
    width, height = SIZES[suffix]
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto(f"{base}/dang-nhap/")
    page.fill("input[name=username]", "dung")
    page.fill("input[name=password]", password)
    page.click("button[type=submit]")
    for name, address in {
        "he-thong": "/he-thong/",
        "sao-luu": "/sao-luu/",
        "nguoi-dung": "/nguoi/",
        "don-vi": "/don-vi/",
        "co-quan": "/co-quan/",
        "quan-tri-he-thong": "/quan-tri-he-thong/",
    }.items():
        page.goto(base + address)
        keep(page, f"{name}{suffix}")
    page.close()


def keep(page: Page, name: str) -> None:
    """Photograph the page as it stands."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(600)
    page.screenshot(path=str(IMAGES / f"{name}.png"))


def fill_guides() -> None:
    """Write the pictures that the guides name, made from those of the documentation."""
    pages = (GUIDES / "templates/office/guides/vi").glob("*.html")
    named = {
        name for page in pages for name in re.findall(r"guides/([a-z-]+)\.webp", page.read_text())
    }
    target = GUIDES / "static/office/guides"
    target.mkdir(parents=True, exist_ok=True)
    for name in sorted(named):
        with Image.open(IMAGES / f"{name}.png") as picture:
            height = round(picture.height * GUIDE_WIDTH / picture.width)
            small = picture.convert("RGB").resize((GUIDE_WIDTH, height), Image.Resampling.LANCZOS)
        small.save(target / f"{name}.webp", quality=82, method=6)


def main() -> int:
    """Write docs/images/*.png."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        home, port = Path(folder) / "home", free_port()
        environment = {**os.environ, "TANGTHU_HOME": str(home), "PORT": str(port)}
        server = subprocess.Popen(
            [str(Path(sys.executable).with_name("tangthu")), "up"],
            env=environment, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            base = f"http://127.0.0.1:{port}"
            wait_for(f"{base}/song")
            signins = json.loads((home / "secrets" / "demo-signins.json").read_text())
            password = next(one["password"] for one in signins if one["username"] == "cuc")
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
                )
                for suffix, (width, height) in SIZES.items():
                    page = browser.new_page(viewport={"width": width, "height": height})
                    page.goto(f"{base}/dang-nhap/")
                    page.screenshot(path=str(IMAGES / f"dang-nhap{suffix}.png"))
                    page.fill("input[name=username]", "cuc")
                    page.fill("input[name=password]", password)
                    page.click("button[type=submit]")
                    shoot(page, base, suffix)
                    password_of = {one["username"]: one["password"] for one in signins}
                    shoot_system(browser, base, password_of["dung"], suffix)
                browser.close()
            fill_guides()
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(60)
    return 0


if __name__ == "__main__":
    sys.exit(main())
