"""Pages of hooks: making one, watching it, holding it, ending it."""

from __future__ import annotations

import pytest
from django.test import override_settings

from tangthu.kernel.reaching import networks
from tangthu.programs.actions import send_hooks
from tangthu.programs.models import Hook
from tests.office.conftest import SignIn
from tests.support.house import TestHouse
from tests.support.receiving import receiver
from tests.support.records import open_a_fonds, signed_events


@pytest.mark.req("RM-691")
def test_pages_make_show_hold_and_end_a_hook(cast: TestHouse, sign_in: SignIn) -> None:
    with override_settings(HOOK_NETWORKS=networks("127.0.0.1/32")), receiver() as to:
        signed_events()
        client = sign_in("cuc")
        assert "Chưa có nơi nhận tin nào" in client.get("/khoa-api/nhan-tin/").content.decode()
        given = {
            "name": "Cổng <b>", "body": str(cast.body("H30.81").pk), "url": "https://10.0.0.9/",
            "kinds": ["records.dossier", "archive.fonds"],
        }  # fmt: skip
        refused = client.post("/khoa-api/nhan-tin/moi/", given)
        assert refused.status_code == 422 and "phải được quản trị mở" in refused.content.decode()
        made = client.post("/khoa-api/nhan-tin/moi/", {**given, "url": to.url})
        assert made.status_code == 302, made.content.decode()
        page = made["Location"]
        hook = Hook.objects.get()
        open_a_fonds(cast.acting("cuc"), cast.body("H30.81"), code="P9")
        signed_events()
        send_hooks.send_due()
        text = client.get(page).content.decode()
        assert hook.public_key in text and "đã nhận" in text and "bi-mat" in text
        assert "Cổng &lt;b&gt;" in text
        managed = sign_in("dung").get(page).content.decode()
        assert "127.0.0.1" in managed and "bi-mat" not in managed
        for stranger in ("hoa", "nga", "quang"):
            assert sign_in(stranger).get(page).status_code == 404
        client = sign_in("cuc")
        assert client.post(f"{page}tam-dung/").status_code == 302
        assert "Tạm dừng" in client.get(page).content.decode()
        assert client.post(f"{page}gui-tiep/").status_code == 302
        assert "Tin chưa gửi được" in client.get(f"{page}xoa/").content.decode()
        assert client.post(f"{page}xoa/").status_code == 302
        assert client.get(page).status_code == 404
