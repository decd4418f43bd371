import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from tangthu.kernel.errors import InvalidInput
from tangthu.ui.form_pages import lay
from tangthu.ui.forms import CodeListField, FilesField, PartialDateField, Renderer, error_links
from tangthu.ui.partial_dates import DateError, PartialDate, from_iso, parse_partial_date


class Form(forms.Form):
    default_renderer = Renderer
    title = forms.CharField(label="Trích <yếu>", help_text="Chép <đúng>")
    dated = PartialDateField(label="Ngày", whole=True)
    kind = CodeListField(label="Loại", codes=(("QD", "Quyết định"),), required=False)
    uploads = FilesField(label="Tệp", required=False)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("02/09/1945", PartialDate(1945, 9, 2)),
        ("2-9-1945", PartialDate(1945, 9, 2)),
        ("2.9.1945 ", PartialDate(1945, 9, 2)),
        ("02091945", PartialDate(1945, 9, 2)),
        ("9/1945", PartialDate(1945, 9)),
        ("1945", PartialDate(1945)),
        ("29/02/2024", PartialDate(2024, 2, 29)),
    ],
)
def test_a_date_is_read_in_the_ways_clerks_type_it(text: str, wanted: PartialDate) -> None:
    assert parse_partial_date(text) == wanted
    assert from_iso(str(wanted)) == wanted
    assert parse_partial_date(wanted.vietnamese()) == wanted


@pytest.mark.parametrize(
    "text",
    ["", "31/02/2025", "29/02/2025", "0/1/2025", "1/0/2025", "13/2025", "0000", "02/09/45",
     "٢/٩/١٩٤٥", "1945-09-02", "hôm nay", "1/2/3/2025"],
)  # fmt: skip
def test_what_is_no_date_is_an_error(text: str) -> None:
    with pytest.raises(DateError):
        parse_partial_date(text)


@given(st.text(max_size=20))
def test_any_text_is_a_date_or_an_error(text: str) -> None:
    try:
        found = parse_partial_date(text)
    except DateError:
        return
    assert parse_partial_date(found.vietnamese()) == found


def test_partial_dates_sort_by_time() -> None:
    assert sorted([PartialDate(2025, 1, 2), PartialDate(2025), PartialDate(2024, 12)]) == [
        PartialDate(2024, 12),
        PartialDate(2025),
        PartialDate(2025, 1, 2),
    ]


def test_errors_are_tied_to_their_fields_and_escaped() -> None:
    with override("vi"):
        form = Form({"title": "", "dated": "9/2025", "kind": "<script>"})
        html = str(form)
        links = error_links(form)
    assert "<yếu>" not in html
    assert "<đúng>" not in html
    assert "<script>" not in html
    assert [link[0] for link in links] == ["id_title", "id_dated", "id_kind"]
    for name in ("title", "dated", "kind"):
        assert f'id="id_{name}_error"' in html
        field = html.split(f'name="{name}"')[1].split(">")[0]
        assert f"id_{name}_error" in field
        assert 'aria-invalid="true"' in field
    assert 'id="id_title_helptext"' in html


def test_the_stored_form_of_a_date_is_shown_in_the_vietnamese_form() -> None:
    assert 'value="02/09/1945"' in str(Form(initial={"dated": "1945-09-02"})["dated"])
    assert 'value="02/09/1945"' in str(Form(initial={"dated": PartialDate(1945, 9, 2)})["dated"])
    assert 'value="31/02/2025"' in str(Form({"dated": "31/02/2025"})["dated"])


def test_all_files_of_a_drop_are_handed_on_and_an_empty_one_is_named() -> None:
    data = {"title": "a", "dated": "02/09/1945"}
    two = [SimpleUploadedFile("a.pdf", b"1"), SimpleUploadedFile("b.pdf", b"2")]
    form = Form(data, MultiValueDict({"uploads": two}))
    assert form.is_valid(), form.errors
    assert [f.name for f in form.cleaned_data["uploads"]] == ["a.pdf", "b.pdf"]
    hollow = Form(data, MultiValueDict({"uploads": [two[0], SimpleUploadedFile("x.pdf", b"")]}))
    assert not hollow.is_valid()
    assert "x.pdf" in hollow.errors["uploads"][0]


def refused(**problems: list[str]) -> Form:
    form = Form({"title": "x", "dated": "02/09/1945"})
    assert form.is_valid()
    lay(form, InvalidInput("Chưa ghi được.", hint="Sửa rồi gửi lại.", problems=problems))
    return form


def test_a_refusal_stands_at_the_field_that_it_names_and_there_alone() -> None:
    assert dict(refused(title=["Trùng.", "Dài quá."]).errors) == {"title": ["Trùng.", "Dài quá."]}


def test_what_a_refusal_says_of_a_field_that_is_not_on_the_form_is_not_lost() -> None:
    form = refused(title=["Trùng."], elsewhere=["Thiếu mã."])
    assert dict(form.errors) == {"title": ["Trùng."], "__all__": ["Thiếu mã."]}
    told = ["Chưa ghi được. Sửa rồi gửi lại.", "Thiếu mã."]
    assert dict(refused(elsewhere=["Thiếu mã."]).errors) == {"__all__": told}


def test_a_refusal_that_says_the_same_of_no_field_is_told_once_with_what_to_do() -> None:
    once = ["Chưa ghi được. Sửa rồi gửi lại."]
    assert dict(refused(elsewhere=["Chưa ghi được."]).errors) == {"__all__": once}
    assert dict(refused().errors) == {"__all__": once}
