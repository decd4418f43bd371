"""The documents of a dossier as a table of checkboxes: a form field, so that it needs no script."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tangthu.records.fields import shown_date
from tangthu.records.models import Membership


class DocumentTable(forms.CheckboxSelectMultiple):
    """Draws `places`, one line each with its ordinal, number and symbol, title and date."""

    template_name = "archive/dip_picks.html"

    def __init__(self, places: Sequence[Membership]) -> None:
        super().__init__()
        self.places = tuple(places)

    def get_context(self, name: str, value: object, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Adds `rows`."""
        context = super().get_context(name, value, attrs)
        chosen = set(context["widget"]["value"] or ())
        context["rows"] = [
            {
                "value": str(place.document_id),
                "checked": str(place.document_id) in chosen,
                "ordinal": place.ordinal,
                "code": place.document.code,
                "subject": place.document.subject,
                "date": shown_date(place.document.issued_on),
            }
            for place in self.places
        ]
        return context


class DocumentsField(forms.TypedMultipleChoiceField):
    """Documents of a dossier, chosen by marking; cleans to their ids in the order of the table."""

    def __init__(self, places: Sequence[Membership]) -> None:
        super().__init__(
            label=_("Tài liệu trong hồ sơ"),
            help_text=_("Không đánh dấu dòng nào thì gói gồm mọi tài liệu bạn được xem."),
            required=False,
            coerce=uuid.UUID,
            choices=[(str(place.document_id), place.document.subject) for place in places],
            widget=DocumentTable(places),
            error_messages={
                "invalid_choice": gettext_lazy("Có tài liệu không còn trong danh sách này.")
            },
        )
        self._order = {place.document_id: number for number, place in enumerate(places)}

    def clean(self, value: Any) -> list[uuid.UUID]:
        """Raises ValidationError for what is not in the table."""
        return sorted(super().clean(value), key=self._order.__getitem__)
