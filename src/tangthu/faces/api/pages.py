"""The reference of the programming interface as a page of the staff site."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tangthu.kernel.late import late
from tangthu.ui.parts import Crumb

_document = late("tangthu.faces.api.documents.document")


@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    """Every operation: what it does, what goes in, what comes out, how it may fail."""
    document = _document()
    groups: dict[str, list[dict[str, Any]]] = {}
    for address, methods in document["paths"].items():
        for method, operation in methods.items():
            told = {
                "method": method.upper(),
                "path": address,
                "summary": operation["summary"],
                "parameters": ", ".join(one["name"] for one in operation["parameters"]),
                "sends": ", ".join(operation.get("requestBody", {}).get("content", {})),
                "answers": ", ".join(code for code in operation["responses"] if code < "300"),
            }
            groups.setdefault(operation["tags"][0], []).append(told)
    context = {
        "groups": sorted(groups.items()),
        "description": document["info"]["description"],
        "way": [Crumb(_("Khóa API"), reverse("programs:keys")), Crumb(_("Tài liệu API"))],
    }
    return render(request, "api/reference.html", context)


app_name = "api-pages"
urlpatterns = [path("khoa-api/tai-lieu/", reference, name="reference")]
