"""What the files of every list have in common: columns, the key by which a row is known again, how rows are
written.

A list is a ModelResource of django-import-export, with fields and widgets as its documents say; a column
without a field of its own gets its widget from `WIDGETS_MAP`. Planning, writing and undo are ours: `lists`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from functools import lru_cache
from itertools import islice, product
from typing import Any, ClassVar, Final, Generic, TypeVar

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.db.models import Field, ForeignKey, Manager, Model, QuerySet
from django.utils import translation
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from import_export import fields, resources, widgets
from import_export.widgets import ManyToManyWidget

from accounts.access import Access
from exchange import bulk, reader
from exchange.limits import Refused, of_columns
from exchange.reader import folded
from exchange.writer import Row

NAMES: Final = ("label_sv", "label_en", "name_sv", "name_en")
SHOWN: Final = 40  # allowed values that a message names
REMEMBERED: Final = 20_000  # texts of one column, while they are said in words
_WHOLE_NUMBER: Final = re.compile(r"-?[0-9]+")
YES: Final = {"1", "yes", "ja", "true", "sant"}
NO: Final = {"0", "no", "nej", "false", "falskt"}


def not_allowed(value: object, allowed: Iterable[object]) -> str:
    """Return that a value is not allowed, and what is: of many the first."""
    words = [str(one) for one in islice(allowed, SHOWN + 1)]
    shown = ", ".join(words if len(words) <= SHOWN else [*words[:SHOWN], "…"])
    message = _("“%(value)s” is not allowed. Allowed: %(allowed)s.")
    return message % {"value": str(value)[:40], "allowed": shown}


class DayWidget(widgets.Widget):
    def clean(self, value: object, row: object = None, **_kwargs: object) -> date | None:
        text = str(value).strip().removesuffix(" 00:00:00")
        if not text:
            return None
        with suppress(ValueError):
            return date.fromisoformat(text)
        message = _("“%(value)s” is no date. Write it as 2018-07-01.")
        raise ValueError(message % {"value": text[:40]})

    def render(self, value: object, obj: object = None, **_kwargs: object) -> str:
        return value.isoformat() if isinstance(value, date | datetime) else ""


class YesNoWidget(widgets.Widget):
    def clean(self, value: object, row: object = None, **_kwargs: object) -> bool:
        text = str(value).strip().casefold()
        if text not in YES | NO:
            raise ValueError(not_allowed(text, (_("yes"), _("no"))))
        return text in YES

    def label(self, text: str) -> str:
        return {"yes": _("yes"), "no": _("no")}.get(text, text)

    def render(self, value: object, obj: object = None, **_kwargs: object) -> str:
        return "yes" if value else "no"


class KeyWidget(widgets.CharWidget):
    def clean(self, value: object, row: object = None, **_kwargs: object) -> str:
        return str(value).strip()


class CodeWidget(KeyWidget):
    """A code of digits that a spreadsheet may have taken for a number: it gets its leading zeros back."""

    def __init__(self, *, width: int) -> None:
        super().__init__()
        self.width = width

    def clean(self, value: object, row: object = None, **_kwargs: object) -> str:
        text = super().clean(value)
        return text.zfill(self.width) if text else ""


class EmailWidget(KeyWidget):
    def clean(self, value: object, row: object = None, **_kwargs: object) -> str:
        return super().clean(value).lower()


class NumberWidget(widgets.IntegerWidget):
    def clean(self, value: object, row: object = None, **_kwargs: object) -> int | None:
        text = "".join(str(value).split())
        if not text:
            return None
        if not _WHOLE_NUMBER.fullmatch(text):
            raise ValueError(_("“%(value)s” is no whole number.") % {"value": text[:40]})
        return int(text)

    def render(self, value: object, obj: object = None, **_kwargs: object) -> object:
        return "" if value is None else value


Listed = TypeVar("Listed", str, Model)
NO_WORDS: Final[Mapping[str, str]] = {}


class ListedWidget(widgets.CharWidget, Generic[Listed]):
    """One of a list: by its key, its label in either language, or a short form. A label is written where it
    is read as the same. `width`: a number that a spreadsheet took its leading zeros gets them back."""

    width = 0
    empty: str | None = ""
    found: Mapping[str, Listed]  # by folded name; the list is read once

    def clean(self, value: object, row: object = None, **_kwargs: object) -> Listed | str | None:
        text = folded(str(value))
        if not text:
            return self.empty
        found = self.found.get(text) or self.found.get(text.zfill(self.width))
        if found is None:
            rows = (self.render(one) for one in dict.fromkeys(one for one in self.found.values() if one))
            raise ValueError(not_allowed(value, (self.label(row) for row in rows)))
        return found

    def label(self, text: str) -> str:
        """Return what the page calls the value of a cell."""
        found = self.found.get(folded(text))
        label = self.in_words(found)
        return label if label and self.found.get(folded(label)) == found else text

    def in_words(self, found: Listed | None) -> str:
        return str(found or "")


class ChoiceWidget(ListedWidget[str]):
    def __init__(self, choices: Mapping[str, str | Promise], short: Mapping[str, str] = NO_WORDS) -> None:
        super().__init__()
        self.choices, self.short = choices, short

    @cached_property
    def found(self) -> dict[str, str]:  # type: ignore[override]
        names = dict(self.short)
        for language in ("sv", "en"):
            with translation.override(language):
                names |= {folded(str(label)): value for value, label in self.choices.items()}
        return names | {folded(value): value for value in self.choices}

    def in_words(self, found: str | None) -> str:
        return str(self.choices.get(found or "", ""))


class RowWidget(ListedWidget[Model]):
    """A row of another list by its `FILE_KEY`, or by its name. Only what `rows` holds is found."""

    empty = None

    def __init__(self, rows: QuerySet[Any]) -> None:
        super().__init__()
        self.rows = rows
        self.field, self.width = getattr(rows.model, "FILE_KEY", "pk"), getattr(rows.model, "KEY_WIDTH", 0)

    def __deepcopy__(self, _memo: object) -> RowWidget:
        """Each resource copies its fields: read anew for each, never kept between requests."""
        return type(self)(self.rows.all())

    @cached_property
    def found(self) -> dict[str, Model]:  # type: ignore[override]
        """Keys go before whole names, then short forms, then first words; a name of two rows is none of
        them."""
        rows = list(self.rows)
        keys = dict(zip((folded(self.render(row)) for row in rows), rows, strict=True))
        whole = [(folded(str(getattr(row, name, ""))), row) for row, name in product(rows, NAMES)]
        typed = [
            _once((folded(name), row) for row in rows for name in getattr(row, names, ()))
            for names in ("first_words", "short_names")
        ]
        of_several: dict[str, Any] = dict.fromkeys(one[0] for one in whole)
        # The keys stand first too: a message names what is allowed in the order of the list.
        return keys | typed[0] | typed[1] | of_several | _once(whole) | keys

    def render(self, value: object, obj: object = None, **_kwargs: object) -> str:
        return "" if value is None else str(getattr(value, self.field))


class SeveralWidget(ManyToManyWidget):
    def __init__(self, rows: QuerySet[Any]) -> None:
        super().__init__(rows.model)
        self.one = RowWidget(rows)

    def clean(self, value: object, row: object = None, **_kwargs: object) -> list[Any]:
        parts = dict.fromkeys(
            one for one in (one.strip() for one in re.split(r"[|;]", str(value or ""))) if one
        )
        return [self.one.clean(part.rpartition(":")[2]) for part in parts]

    def render(self, value: Manager[Model] | None, obj: object = None, **_kwargs: object) -> str:
        return self.joined(value.all() if value is not None else ())

    def joined(self, rows: Iterable[Model]) -> str:
        return "|".join(sorted(self.one.render(row) for row in rows))

    def label(self, text: str) -> str:
        return "|".join(self.one.label(one) for one in text.split("|"))


def _once(named: Iterable[tuple[str, Model]]) -> dict[str, Model]:
    pairs = dict.fromkeys(named)
    times = Counter(pair[0] for pair in pairs)
    return {text: row for text, row in pairs if text and times[text] == 1}


Stored = TypeVar("Stored", bound=Model)
RESOURCES: Final[dict[str, type[RegisterResource[Any]]]] = {}  # by name, those that come in
Key = tuple[Any, ...]
Lists = dict[str, list[Any]]  # rows of other lists by the name of the field


class RegisterResource(resources.ModelResource, Generic[Stored]):
    """`name` stands in the audit log: `import.<name>`, `export.<name>`. `access` is whose file it is."""

    name = ""
    labels: ClassVar[Mapping[str, str | Promise]] = {}  # of columns whose fields have no name for people
    given: tuple[str, ...] = ()  # by the register, not by the file
    comes_in: ClassVar[bool] = True
    key_needed: ClassVar[bool] = True  # a file without the columns of the key is refused
    former: ClassVar[Mapping[str, str]] = {}  # what files called columns before, folded
    short: ClassVar[Mapping[str, Mapping[str, str]]] = {}  # column of a closed set → folded word → value
    comes_only: tuple[str, ...] = ()  # columns that never go out, and whose cells no message repeats

    WIDGETS_MAP: ClassVar[dict[str, Any]] = {
        **resources.ModelResource.WIDGETS_MAP,
        "BooleanField": YesNoWidget,
        "DateField": DayWidget,
        "PositiveIntegerField": NumberWidget,
        "PositiveSmallIntegerField": NumberWidget,
    }

    class Meta:
        clean_model_instances = True  # ask the database row by row: for short lists only

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if cls.name and cls.comes_in:
            RESOURCES[cls.name] = cls

    def __init__(self, *, access: Access | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.access = access

    @classmethod
    def field_from_django_field(cls, name: str, field: Any, readonly: bool) -> fields.Field:
        """A value that is one of a closed set, or of the rows of another list, is known by its names."""
        widget: widgets.Widget
        if choices := {value: label for value, label in field.flatchoices if value}:
            widget = ChoiceWidget(choices, cls.short.get(name, NO_WORDS))
        elif field.remote_field:
            rows = field.related_model._default_manager.filter(**field.get_limit_choices_to())
            widget = SeveralWidget(rows) if field.many_to_many else RowWidget(rows)
        else:
            return super().field_from_django_field(name, field, readonly)
        return fields.Field(name, name, widget, field.default, readonly)

    @property
    def by(self) -> Access:
        if self.access is None:
            raise PermissionDenied
        return self.access

    @property
    def model(self) -> type[Stored]:
        model: type[Stored] = self._meta.model
        return model

    def get_queryset(self) -> QuerySet[Any]:
        return self.prepared(self.model._default_manager.all())

    def prepared(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With what a line of the file needs beside the row itself."""
        links = [name for name, column in self.fields.items() if isinstance(column.widget, RowWidget)]
        return queryset.select_related(*links) if links else queryset

    @property
    def exported(self) -> list[fields.Field]:
        return [column for column in self.get_export_fields() if column.column_name not in self.comes_only]

    @property
    def header(self) -> list[str]:
        return [one.column_name for one in self.exported]

    def lines(self, queryset: QuerySet[Any]) -> Iterator[Row]:
        """The rows of the file, in the order of `queryset`."""
        columns = self.exported
        for row in self.iter_queryset(self.prepared(queryset)):
            yield [self.export_field(field, row) for field in columns]

    @property
    def header_in_words(self) -> list[str]:
        return self._headings(self.exported)

    def written(self, rows: Iterable[Row], *, in_words: bool) -> tuple[list[str], Iterable[Row]]:
        """Header and rows of a file, in words or in codes."""
        return (self.header_in_words, self.in_words(rows)) if in_words else (self.header, rows)

    def in_words(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The rows with their values as the page calls them, by which an import knows them too."""
        labels = [lru_cache(REMEMBERED)(self.label_of(column)) for column in self.exported]
        for row in rows:
            yield [say(cell) for say, cell in zip(labels, row, strict=True)]

    def label_of(self, column: fields.Field) -> Callable[[Any], Any]:
        """Return what says a cell of a column in words."""
        return getattr(column.widget, "label", lambda cell: cell)

    def columns(self, header: Sequence[str]) -> list[str]:
        """Return the column of each cell of a header. Raises Refused, naming what is wrong with it."""
        names = self.names()
        columns = [names.get(folded_name(cell), "") for cell in header]
        wrong = self._wrong_columns(header, columns)
        said = [of_columns(code, named) for code, named in wrong.items() if named]
        if said:
            raise Refused(*said)
        return columns

    def _wrong_columns(self, header: Sequence[str], columns: Sequence[str]) -> dict[str, list[str]]:
        """Return the columns that are missing, unknown and doubled, by the key of what is said of them."""
        required = self.get_import_id_fields() if self.key_needed else []
        missing = [name for name in required if name not in columns]
        unknown = [cell[:40] for cell, name in zip(header, columns, strict=True) if not name]
        times = Counter(column for column in columns if column)
        return {
            "header_missing": self._as_in(header, missing),
            "header_unknown": unknown,
            "header_twice": sorted(times - Counter(set(times))),
        }

    def _as_in(self, header: Sequence[str], columns: Sequence[str]) -> list[str]:
        """Columns as the page names them, unless the file is written in the names of the export."""
        if not {folded_name(one) for one in self.header}.isdisjoint(folded_name(one) for one in header):
            return list(columns)
        return [self.label(self.fields[column]) for column in columns]

    def known(self, cells: Sequence[str]) -> set[str]:
        names = self.names()
        return {names[name] for name in names.keys() & (folded_name(cell) for cell in cells)}

    def names(self) -> dict[str, str]:
        """Folded names → columns: their name here, or what the field is called in either language."""
        names = {folded_name(field.column_name): field.column_name for field in self.fields.values()}
        for language in ("sv", "en"):
            with translation.override(language):
                for column in self.fields.values():
                    names.setdefault(folded_name(self.label(column)), column.column_name)
        return {**self.former, **names}

    def template(self) -> list[str]:
        """The header of an empty file, in the reader's language."""
        return self._headings(self.get_export_fields())

    def _headings(self, columns: Iterable[fields.Field]) -> list[str]:
        """What the reader calls columns, where that name is the column's alone."""
        names = self.names()
        labels = [(self.label(field), field.column_name) for field in columns]
        return [label if names[folded_name(label)] == column else column for label, column in labels]

    def label(self, column: fields.Field) -> str:
        field = self.model_field(column.column_name)
        label = str(self.labels.get(column.column_name) or getattr(field, "verbose_name", column.column_name))
        return label[:1].upper() + label[1:]

    def model_field(self, name: str) -> Field[Any, Any] | None:
        fields = [*self.model._meta.fields, *self.model._meta.many_to_many]
        return {field.name: field for field in fields}.get(name)

    def key_of(self, row: Mapping[str, str]) -> Key:
        """By which a row is known again; empty where it says none, or none that can be read."""
        with suppress(KeyError, ValueError):  # no such column; a fault is told of where the field is read
            key = _key_of(self.fields[name].clean(row) for name in self.get_import_id_fields())
            return key if {*key} - {None, ""} else ()
        return ()

    def stored(self, keys: Sequence[Key]) -> Mapping[Key, Stored]:
        """The rows in scope with these keys, and perhaps more. One query for the list, which is short."""
        return self._all

    @cached_property
    def _all(self) -> dict[Key, Any]:
        columns = [self.fields[get_import_id_field] for get_import_id_field in self.get_import_id_fields()]
        return {_key_of(column.get_value(row) for column in columns): row for row in self.get_queryset()}

    def left(self, key: Key) -> tuple[str, str] | None:
        """Return the name of a row that was one's own and no longer is, and why no file changes it."""
        return None

    def start(self, row: Mapping[str, str]) -> Stored:
        """A new row before its cells are read."""
        return self.model()

    def completed(self, row: dict[str, str]) -> dict[str, str]:
        """A row of the file with what the register adds before it looks for the row."""
        return row

    def take(self, instance: Stored, row: dict[str, str]) -> tuple[Lists, dict[str, list[str]]]:
        """Read the cells into `instance`. Returns its lists, and what is wrong by field."""
        lists: Lists = {}
        wrong: dict[str, list[str]] = {}
        for field in self.get_import_fields():
            if field.column_name not in row:
                continue
            name, text = field.column_name, row[field.column_name].strip()
            try:
                if text in reader.ERRORS:
                    message = _("“{value}” is the error of a formula. Correct it in the spreadsheet.")
                    raise ValueError(message.format(value=text))
                if isinstance(field.widget, ManyToManyWidget):
                    lists[name] = field.clean(row)
                else:
                    self.import_field(field, instance, row)
            except ValueError as error:
                wrong[name] = [str(error)]
        return lists, wrong

    def settle(self, instance: Stored, lists: Lists) -> None:
        """Set what follows from what was read."""

    def faults(self, instance: Stored, wrong: dict[str, list[str]], *, new: bool) -> dict[str, list[str]]:
        """What is wrong with a row that is new or changed, by field ("" for the row). For a list that may be
        long the database is not asked row by row: `check` says what the constraints say."""
        links = {field.name for field in instance._meta.concrete_fields if isinstance(field, ForeignKey)}
        try:
            if self._meta.clean_model_instances:
                instance.full_clean(exclude=set(wrong))
            else:
                instance.clean_fields(exclude={*links, *wrong, *self.given})
        except ValidationError as error:
            found = error.error_dict.items()
            facts = {name.removeprefix(NON_FIELD_ERRORS): self._said(name, of) for name, of in found}
            wrong = {**facts, **wrong}
        if new:
            wrong = self._unseen(instance) | wrong
        return wrong | {name: [text] for name, text in self.check(instance).items() if name not in wrong}

    def _unseen(self, instance: Stored) -> dict[str, list[str]]:
        """Keys by which a row could never be found again by whoever types what is seen of it."""
        keys = {name: getattr(instance, name, "") for name in self.get_import_id_fields()}
        text = _("The key holds a character that cannot be seen. Type it again.")
        return {name: [text] for name, key in keys.items() if isinstance(key, str) and not key.isprintable()}

    def _said(self, name: str, errors: Sequence[ValidationError]) -> list[str]:
        """What is wrong and, where a cell is empty and there is a list of values, what is allowed."""
        field = self.model_field(name)
        choices = ", ".join(str(label) for value, label in getattr(field, "flatchoices", ()) if value)
        required = _("This cell is required.")
        if choices:
            required = _("The cell is empty. Allowed: {allowed}.").format(allowed=choices)
        told = ([required] if error.code in {"null", "blank"} else error.messages for error in errors)
        return [each for one in told for each in one]

    def check(self, instance: Stored) -> dict[str, str]:
        """What is wrong with the row, by field."""
        return {}

    def odd(self, row: Mapping[str, str], lists: Lists) -> dict[str, str]:
        """Return what is odd but allowed in a new row, by column."""
        return {}

    def insert(self, rows: Sequence[Any], lists: Sequence[Lists]) -> None:
        """Write new rows, with their field history where there is one; so `update` and `remove`."""
        bulk.create(rows, user=self.by.user, lists=lists)

    def update(self, rows: Sequence[Any], names: Iterable[str], lists: Sequence[Lists]) -> None:
        bulk.set_lists(rows, lists)
        bulk.update(rows, names, user=self.by.user)

    def remove(self, rows: Sequence[Any]) -> None:
        bulk.delete(rows, user=self.by.user)


def _key_of(values: Iterable[object]) -> Key:
    return tuple(getattr(value, "pk", value) for value in values)


def folded_name(text: str) -> str:
    return reader.folded(str(text).replace("_", " "))
