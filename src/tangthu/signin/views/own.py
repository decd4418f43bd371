"""One's own dossier: what is known here of one's account and of what was done with it (AR-102)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tangthu.identity.models import Account
from tangthu.identity.policies import Viewer
from tangthu.identity.views.shared import told
from tangthu.signin import dossier, inventory, queries, standing, wording
from tangthu.ui import formats
from tangthu.ui.parts import Crumb, Fact, FactGroup

_SHOWN = 50


@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """Name, since when, how one proves oneself, what one used, and every line about it."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    account = Account.objects.select_related("person__home_body", "signin", "second_step").get(
        person_id=viewer.person_id
    )
    words, tone = standing.state(account)
    used = standing.used_at(account)
    line = inventory.of_people([account], viewer.bodies())[viewer.person_id]
    facts = (
        Fact(_("Họ tên"), account.person.full_name),
        Fact(_("Tên đăng nhập"), account.username, code=True),
        Fact(_("Cơ quan"), account.person.home_body.name),
        Fact(_("Đăng ký ngày"), formats.day(account.person.created_at)),
        Fact(_("Tình trạng"), words, tone=tone),
        Fact(_("Dùng lần cuối"), formats.moment(used) if used else _("chưa lần nào")),
        *dossier.facts_of(line),
    )
    recent = queries.own_entries(viewer).order_by("-at", "-id")[:_SHOWN]
    context = {
        "account": account,
        "way": [Crumb(_("Tài khoản của tôi"), reverse("office:account")), Crumb(_("Hồ sơ"))],
        "fact_groups": [
            FactGroup(_("Tài khoản"), facts),
            dossier.authentication(account),
            *dossier.uses(viewer.person_id, None),
        ],
        "entries": [(one, wording.of_entry(one)) for one in recent],
        "timeline_entries": told(viewer.person_id, viewer.bodies()),
    }
    return render(request, "signin/account.html", context)
