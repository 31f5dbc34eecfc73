"""What is typed of an article, and how it is read before it is kept."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any, ClassVar, Final

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.free_text import FreeTextField
from agencies.models import Code, County
from knowledge.models import LONGEST_REMARK, MAX_LENGTH
from knowledge.shipped import missing, placeholder, shipped, sources, strange

# Numbers that anybody may call, and that belong to nobody: 020, from here or from abroad, parted as they are
# written. Ten digits in one piece may be somebody's who was born in 2002.
FREE_CALLS: Final = re.compile(r"(?<![\d+])(?:020[- ]|\+46 20 )\d[\d ]{4,8}\d(?!\d)")
TAKEN_KEYS: Final = frozenset({"beside"})  # an address of its own stands there
TAKEN: Final = _("This key is the end of another page's address. Choose another.")
HOW: Final = _("## begins a heading, - an item of a list, **bold**, [words](https://address). No other code.")


class ArticleTextField(FreeTextField):
    """A text that many read: nobody's identity number, address or telephone stands in it. The services that
    anybody may call are named by number. It names offices, towns and laws, so that names are not asked
    about."""

    def __init__(self, **options: Any) -> None:
        super().__init__(names=False, **options)

    def to_python(self, value: object) -> str:
        """A browser sends other ends of lines than a file has: no text is another for that."""
        return (super().to_python(value) or "").replace("\r\n", "\n")

    def validate(self, value: str) -> None:
        super().validate(FREE_CALLS.sub("", value))


def typed(language: str, **options: Any) -> ArticleTextField:
    """A text of some lines."""
    widget = forms.Textarea(attrs={"rows": 22, "cols": 80, "lang": language})
    return ArticleTextField(max_length=MAX_LENGTH, widget=widget, help_text=HOW, **options)


def named(language: str, **options: Any) -> ArticleTextField:
    widget = forms.TextInput(attrs={"class": "vTextField", "lang": language})
    return ArticleTextField(max_length=120, widget=widget, **options)


def topics() -> QuerySet[Any]:
    return Code.objects.of("topic")


class ReviewedForm(forms.ModelForm):
    """A text that is changed is to be reviewed again, unless who changes it gives the day of a review too."""

    TEXTS: ClassVar[tuple[str, ...]] = ()

    def clean_sources(self) -> str:
        keys: str = self.cleaned_data["sources"]
        if unknown := sorted({*keys.split()} - sources().keys()):
            raise forms.ValidationError(
                _("“%(value)s” is no source of the list.") % {"value": unknown[0][:40]}
            )
        return keys

    def clean(self) -> dict[str, Any]:
        super().clean()
        if {*self.TEXTS} & {*self.changed_data} and "reviewed_on" not in self.changed_data:
            self.cleaned_data["reviewed_on"] = None
            if self.instance.reviewed_on:
                self.changed_data.append("reviewed_on")  # the audit log names it
        return self.cleaned_data


class ArticleForm(ReviewedForm):
    TEXTS = ("title_sv", "title_en", "text_sv", "text_en")
    LISTS = ("topics", "counties")

    title_sv = named("sv", label=_("Title in Swedish"))
    title_en = named("en", label=_("Title in English"))
    text_sv = typed("sv", label=_("Text in Swedish"))
    text_en = typed("en", label=_("Text in English"))
    topics = forms.MultipleChoiceField(
        label=_("Topics of calls"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None: it is found by county, and by search"),
        choices=lambda: [(code.key, code.label) for code in topics()],
    )
    counties = forms.MultipleChoiceField(
        label=_("Counties"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None: it is of every county"),
        choices=lambda: [(county.code, str(county)) for county in County.objects.order_by("name_sv")],
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in self.LISTS:
            self.initial[name] = self.initial.get(name, "").split()

    def clean_key(self) -> str:
        key: str = self.cleaned_data["key"]
        if key in TAKEN_KEYS:
            raise forms.ValidationError(TAKEN)
        return key

    def clean_topics(self) -> str:
        return " ".join(self.cleaned_data["topics"])

    def clean_counties(self) -> str:
        return " ".join(self.cleaned_data["counties"])


class RemarkTextField(ArticleTextField):
    """Some sentences in a row: whatever a page does with them, they are one piece."""

    holds: Collection[str] = ()  # what is filled in when it is read

    def __init__(self, language: str, **options: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 4, "cols": 80, "lang": language})
        super().__init__(max_length=LONGEST_REMARK, widget=widget, **options)

    def to_python(self, value: object) -> str:
        return " ".join(super().to_python(value).split())

    def validate(self, value: str) -> None:
        super().validate(value)
        if found := strange(value, self.holds):
            raise forms.ValidationError(
                _("“{value}” stands for nothing here. Take the braces away.").format(value=found[0][:40])
            )
        if found := missing(value, self.holds):
            raise forms.ValidationError(
                _("{value} is missing: it is filled in when the text is read.").format(value=found[0])
            )


class RemarkForm(ReviewedForm):
    """What is filled in when it is read has to stand in both languages, and nothing else in braces."""

    TEXTS = ("text_sv", "text_en")

    text_sv = RemarkTextField("sv", label=_("Text in Swedish"))
    text_en = RemarkTextField("en", label=_("Text in English"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        of = shipped().get(self.instance.key)
        if of is None or not of.fields:
            return
        signs = ", ".join(placeholder(field) for field in of.fields)
        for name in self.TEXTS:
            field: Any = self.fields[name]
            field.holds = of.fields
            field.help_text = _("Must contain, exactly as they stand here: {signs}").format(signs=signs)
