"""Free text of every form that is not casework's own: reasons, purposes, what is to be published.

What a text may hold is known further up: `read_by` hands it in. What identifies somebody is refused; what
seems to be somebody's name is refused until its own button is pressed for that very text, which is recorded.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import format_lazy
from django.utils.translation import gettext as _, gettext_lazy

from accounts.access import Access
from accounts.allauth_seams import present_request
from audit.writer import record

NO_NAME: Final = "no_name"  # the button; its value is a digest of the texts that it was shown for
# Returns why a text is refused, and the question where it may hold a name.
Reader = Callable[[str], tuple[list[str], str]]
_reader: Final[list[Reader]] = []  # one, handed in by the app that knows


def read_by(reader: Reader) -> None:
    _reader[:] = [reader]


def _read(text: str) -> tuple[list[str], str]:
    return _reader[0](text)


def identifies_somebody(text: str) -> bool:
    """Return whether a text would be refused, or asked about since it seems to name somebody."""
    return any(_read(text))


def record_no_name(fields: list[str]) -> None:
    """Somebody has said of texts in these fields that they name nobody. The words are on no record."""
    access: Access | None = getattr(present_request(), "access", None)
    if access is not None:
        record(access, "note.no_name", rows=len(fields), fields=sorted(fields))


def digest_of(texts: dict[str, str]) -> str:
    return hashlib.sha256(repr(sorted(texts.items())).encode()).hexdigest()[:16]


def with_least(help_text: Any, least: int | None) -> Any:
    """Return the help of a field, which says beforehand how many characters it needs."""
    needs = format_lazy(gettext_lazy("At least {n} characters."), n=least)
    return format_lazy("{} {}", help_text, needs) if least else help_text


class FreeTextField(forms.CharField):
    """A text that must not identify anybody. `names`: whether it is asked about them, since a text about
    colleagues may name them."""

    def __init__(self, *, names: bool = True, **options: Any) -> None:
        super().__init__(**options)
        self.names, self.help_text = names, with_least(self.help_text, self.min_length)

    def validate(self, value: str) -> None:
        super().validate(value)
        if refused := _read(value)[0]:
            raise ValidationError(refused)

    def asks(self, value: str) -> str:
        """A question, where the text seems to name somebody."""
        return _read(value)[1] if self.names else ""


class FreeTextForm(forms.BaseForm):
    def full_clean(self) -> None:
        super().full_clean()
        questions = self._questions() if self.is_bound else {}
        if not questions:
            return
        digest = digest_of({name: str(self.cleaned_data[name]) for name in questions})
        if self.data.get(NO_NAME) == digest:
            if not self.errors:
                record_no_name([*questions])
            return
        first = next(iter(questions))
        questions[first] = with_button(questions[first], digest)
        for name, question in questions.items():
            self.add_error(name, question)

    def _questions(self) -> dict[str, str]:
        """Return a question for each changed text that seems to name somebody, by its field."""
        questions = {}
        for name in self.changed_data:
            field, text = self.fields[name], self.cleaned_data.get(name, "")
            if isinstance(field, FreeTextField) and (question := field.asks(text)):
                questions[name] = question
        return questions


def with_button(question: str, digest: str) -> SafeString:
    """The first button of a form is what Enter and Ctrl+Enter press: it only asks again."""
    return format_html(
        '{} <button type="submit" class="visually-hidden" tabindex="-1" aria-hidden="true">{}</button>'
        '<button class="btn btn-sm" name="{}" value="{}">{}</button>',
        question, _("Save"), NO_NAME, digest, _("This is not a person's name"),
    )  # fmt: skip


class FreeForm(FreeTextForm, forms.Form):
    """A form of fields some of which are free text."""
