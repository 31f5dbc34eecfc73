"""Every free text that somebody may write is read by the scanner: what identifies is refused, wherever it
is written.

The fields are found in the code; one that is no free text stands here with the reason."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages

import pytest
from django import forms
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models

from accounts.free_text import FreeTextField, FreeTextForm
from cases.forms.base import CaseworkForm
from cases.forms.fields import NoteField
from encryption.fields import SecretTextField
from tests.ours import APPS

READ = (NoteField, FreeTextField)
# Fields of forms that hold words, but none about a person of casework.
NO_FREE_TEXT = {
    "was": "keys that the grid of stored persons was made from",
    "number": "the number of a case, in one form",
    "municipality": "a municipality; the form offers the list",
    "caller_county": "chosen from the counties",
    "county": "chosen from the counties",
    "where": "chosen from the counties and countries",
    "received_at": "a day and time",
    "places": "sheets and rows, read by a pattern, of sheets that are known",
    "digest": "made by the page",
    "clock_began": "a moment, made by the page",
    "clock_stopped": "a moment, made by the page",
    "clock_off": "made by the page",
    "search": "looked for, not kept",
    "find": "looked for, not kept",
    "q": "looked for, not kept",
    "actor": "looked for, not kept",
    "key": "made by the page",
    "code": "a code that was sent",
    "login": "the own address",
    "email": "the own address",
    "name": "of a colleague or a row of a list",
    "password": "is hashed",
    "phone": "of a colleague",
    "hours": "of a colleague",
    "contact": "of an agency",
}
# Encrypted columns that no form writes as text.
NOT_WRITTEN = {
    "ImportUpload.name": "the name of a file, for half an hour",
    "ImportRun.name": "the name of a file, for whoever sent it",
    "HeadingMap.headings": "the header of a file, for whoever sent it",
    "SpreadsheetMapping.answers": "answers to questions about columns and words, checked by `of_json`",
    "TakeOver.answers": "the same",
    "TakeOver.control": "counts by sheet, checked by their form",
    "TakeOver.name": "the name of a file, for its region",
    "TakenSheet.name": "the name of a sheet, for its region",
    "SheetFigure.file": "the name of a file, for its region",
    "SheetFigure.sheet": "the name of a sheet, for its region",
    "SheetFigure.reasons": "rows by sheet and line",
    "Explanation.places": "the same",
    "SentLate.body": "read by its form when it is sent again",
    "Publication.sealed": "figures",
    "HandedOut.sealed": "figures",
    "Draft.body": "tests/cases/test_draft_stored.py",
    "Misregistration.kept": "rows that were read when they were written",
    "Case.reference": "tests/cases/test_import_files.py",
}


def our_forms() -> Iterator[type[forms.BaseForm]]:
    for app in APPS:
        package = import_module(app)
        for module in walk_packages(package.__path__, f"{app}."):
            if ".migrations" in module.name or ".management" in module.name:
                continue
            for _name, found in inspect.getmembers(import_module(module.name), inspect.isclass):
                if issubclass(found, forms.BaseForm) and found.__module__ == module.name:
                    yield found


def texts() -> dict[str, forms.Field]:
    found = {}
    for form in our_forms():
        for name, field in getattr(form, "base_fields", {}).items():
            if type(field) in {forms.CharField, *READ} or isinstance(field, READ):
                found[f"{form.__name__}.{name}"] = field
    return found


def test_every_text_of_a_form_is_read_or_is_no_free_text() -> None:
    unread = {
        name
        for name, field in texts().items()
        if not isinstance(field, READ) and name.partition(".")[2] not in NO_FREE_TEXT
    }
    assert unread == set()


def test_a_long_text_is_always_read() -> None:
    unread = {
        name
        for name, field in texts().items()
        if isinstance(field.widget, forms.Textarea) and not isinstance(field, READ)
    }
    assert unread == {"ExplainForm.places"}  # of sheets that are known, a line each


def test_every_form_with_such_a_field_asks_about_names() -> None:
    silent = {
        form.__name__
        for form in our_forms()
        if any(
            isinstance(field, READ) and getattr(field, "names", True)
            for field in getattr(form, "base_fields", {}).values()
        )
        and not issubclass(form, CaseworkForm | FreeTextForm)
    }
    assert silent == set()


def encrypted_texts() -> set[str]:
    """Return the model and the name of each text that is stored encrypted."""
    models = [model for model in apps.get_models() if model.__module__.partition(".")[0] in APPS]
    return {
        f"{model.__name__}.{field.name}"
        for model in models
        for field in model._meta.local_fields
        if isinstance(field, SecretTextField) and not model.__name__.startswith("Historical")
    }


def test_every_encrypted_text_has_such_a_field() -> None:
    written = {name.partition(".")[2] for name, field in texts().items() if isinstance(field, READ)}
    same = {"status_reason": "reason", "answer_reason": "reason"}
    names = {text: text.partition(".")[2] for text in encrypted_texts()}
    lacking = {text for text, name in names.items() if not {name, same.get(name)} & written}
    assert lacking - NOT_WRITTEN.keys() == set()


@pytest.mark.parametrize("text", ["Ring 070-000 00 17", "800101-1234", "Storgatan 12", "a@exempel.se"])
def test_what_identifies_is_refused_in_forms_outside_casework(text: str) -> None:
    with pytest.raises(ValidationError):
        FreeTextField().clean(text)


class _Form(FreeTextForm, forms.Form):
    reason = FreeTextField()


def test_a_name_waits_for_its_button_there_too() -> None:
    texts = {"reason": "Enligt Maria Popescu ska den dras tillbaka."}
    form = _Form(texts)
    assert not form.is_valid()
    page = str(form.errors)
    digest = page.partition('name="no_name" value="')[2].partition('"')[0]
    assert _Form({**texts, "no_name": digest}).is_valid()
    assert not _Form({"reason": texts["reason"] + " Elena Popescu med.", "no_name": digest}).is_valid()


def test_columns_of_text_are_models_own() -> None:
    """A TextField would be a free text that no form of ours knows."""
    found = {
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.local_fields
        if type(field) is models.TextField and model.__module__.partition(".")[0] in APPS
    }
    assert found <= {"Publication.sealed", "Remembered.value"}  # figures; what is reckoned anew
