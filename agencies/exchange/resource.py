"""What every list's import and export have in common: matched by its own key, saved in bulk, recorded once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final
from uuid import UUID

import tablib
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ForeignKey, ManyToManyField, Model
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from import_export import fields, resources
from import_export.instance_loaders import BaseInstanceLoader
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from agencies.access import Access
from agencies.exchange.widgets import NumberWidget
from agencies.exchange.writing import Cell
from audit.writer import Target, record

BATCH: Final = 500


class KeyLoader(BaseInstanceLoader):
    """The rows of the list by their key, which may be several fields. One query."""

    def __init__(self, resource: RegisterResource, dataset: Any = None) -> None:
        super().__init__(resource, dataset)
        self.keys = [resource.fields[name] for name in resource.get_import_id_fields()]
        self.rows = {tuple(map(_key, (f.get_value(row) for f in self.keys))): row for row in resource.get_queryset()}

    def get_instance(self, row: dict[str, Any]) -> Model | None:
        try:
            return self.rows.get(tuple(_key(field.clean(row)) for field in self.keys))
        except ValueError:
            return None  # told of again where the field is read


class PlainDiff(resources.Diff):
    """Old and new value of each cell, as text with <del> and <ins>: no style in it."""

    def as_html(self) -> list[SafeString | str]:
        return [self._cell(str(old), str(new)) for old, new in zip(self.left, self.right, strict=True)]

    def _cell(self, old: str, new: str) -> SafeString | str:
        if self.new or old == new:
            return new
        return format_html("<del>{}</del> <ins>{}</ins>", old or "–", new or "–")


class RegisterResource(resources.ModelResource):
    """`name` stands in the audit trail: `import.<name>`, `export.<name>`. `access` is whose file it is."""

    name = ""
    links: tuple[str, ...] = ()  # read with each row
    given: tuple[str, ...] = ()  # by the register, not by the file

    class Meta:
        skip_unchanged = True
        report_skipped = True
        use_bulk = True
        batch_size = BATCH
        use_transactions = True
        clean_model_instances = True
        instance_loader_class = KeyLoader

    def __init__(self, *, access: Access | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.access = access
        self.seen: dict[tuple[Any, ...], int] = {}

    @property
    def by(self) -> Access:
        if self.access is None:
            raise PermissionDenied
        return self.access

    @classmethod
    def get_display_name(cls) -> str:
        return str(cls._meta.model._meta.verbose_name_plural)

    @classmethod
    def get_diff_class(cls) -> type[PlainDiff]:
        return PlainDiff

    def get_queryset(self) -> Any:
        return self.prepared(self._meta.model._default_manager.all())

    # --- out ---------------------------------------------------------------------------------
    @property
    def header(self) -> list[str]:
        return list(self.get_export_headers())

    def lines(self, queryset: Any) -> Iterator[list[Cell]]:
        """The rows of the file, in the order of `queryset`."""
        columns = self.get_export_fields()
        for row in self.iter_queryset(self.prepared(queryset)):
            yield [_cell(field, self.export_field(field, row)) for field in columns]

    def prepared(self, queryset: Any) -> Any:
        """With what a line of the file needs beside the row itself."""
        return queryset.select_related(*self.links) if self.links else queryset

    # --- in ----------------------------------------------------------------------------------
    def before_import(self, dataset: tablib.Dataset, **_kwargs: Any) -> None:
        """Columns by their name here, or by what the field is called in either language."""
        names = self._names()
        found = [names.get(_folded(cell), cell) for cell in dataset.headers]
        known = {field.column_name for field in self.fields.values()}
        unknown = [cell for cell, name in zip(dataset.headers, found, strict=True) if name not in known]
        if unknown:
            columns = ", ".join(cell[:40] for cell in unknown)
            raise ValueError(
                _("The columns %(columns)s are not known here. Rename or remove them.") % {"columns": columns}
            )
        if twice := {name for name in found if found.count(name) > 1}:
            raise ValueError(
                _("The columns %(columns)s stand more than once in the header.") % {"columns": ", ".join(sorted(twice))}
            )
        dataset.headers = found

    def _names(self) -> dict[str, str]:
        names = {_folded(field.column_name): field.column_name for field in self.fields.values()}
        for language in ("sv", "en"):
            with translation.override(language):
                for column in self.fields.values():
                    label = getattr(
                        _model_field(self._meta.model, column.attribute), "verbose_name", column.column_name
                    )
                    names.setdefault(_folded(str(label)), column.column_name)
        return names

    def before_import_row(self, row: dict[str, Any], **options: Any) -> None:
        """Two rows of one file with the same key would be one row with two wills."""
        keys = [self.fields[name] for name in self.get_import_id_fields()]
        key = tuple(str(row.get(field.column_name, "")).strip().casefold() for field in keys)
        if any(key) and key in self.seen:
            raise ValidationError(_("Row %(row)d has the same key.") % {"row": self.seen[key]})
        self.seen[key] = options["row_number"]

    def validate_instance(
        self, instance: Model, import_validation_errors: Any = None, validate_unique: bool = True
    ) -> None:
        """Where the list may be long the database is not asked row by row: links were looked up already, the key is
        the loader's, and `check` says what the constraints say."""
        errors = dict(import_validation_errors or {})
        links = {field.name for field in instance._meta.concrete_fields if isinstance(field, ForeignKey)}
        try:
            if self._meta.clean_model_instances:
                instance.full_clean(exclude=set(errors), validate_unique=validate_unique)
            else:
                instance.clean_fields(exclude={*links, *errors, *self.given})
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        errors |= {name: said for name, said in self.check(instance).items() if name not in errors}
        if errors:
            raise ValidationError(errors)

    def check(self, instance: Any) -> dict[str, str]:
        """What is wrong with the row, by field."""
        return {}

    def bulk_create(self, using_transactions: bool, dry_run: bool, *_args: Any, **options: Any) -> None:
        rows: list[Model] = self.create_instances
        self.create_instances: list[Model] = []
        if rows:
            self._write(options.get("result"), self._insert, rows)

    def bulk_update(self, using_transactions: bool, dry_run: bool, *_args: Any, **options: Any) -> None:
        rows: list[Model] = self.update_instances
        self.update_instances: list[Model] = []
        if rows and self._updated:
            self._write(options.get("result"), self._update, rows)

    def _write(self, result: Any, write: Callable[[list[Model]], Any], rows: list[Model]) -> None:
        try:
            with transaction.atomic():
                write(rows)
        except IntegrityError:
            refused = ValueError(_("Two rows of the list would be the same, or a row breaks a rule of the register."))
            self.handle_import_error(result, refused)

    def _insert(self, rows: list[Model]) -> None:
        model = self._meta.model
        if _has_history(model):
            bulk_create_with_history(rows, model, batch_size=BATCH, default_user=self.by.user)
        else:
            model.objects.bulk_create(rows, batch_size=BATCH)

    def _update(self, rows: list[Model]) -> None:
        model = self._meta.model
        if _has_history(model):
            bulk_update_with_history(rows, model, self._updated, batch_size=BATCH, default_user=self.by.user)
        else:
            model.objects.bulk_update(rows, self._updated, batch_size=BATCH)

    @property
    def _updated(self) -> list[str]:
        return [str(field.attribute) for name, field in self.fields.items() if self._updates(name, field)]

    def _updates(self, name: str, field: fields.Field) -> bool:
        many = isinstance(_model_field(self._meta.model, field.attribute), ManyToManyField)
        return name not in self.get_import_id_fields() and not field.readonly and not many

    def after_import(self, dataset: tablib.Dataset, result: Any, *, dry_run: bool = False, **_kwargs: Any) -> None:
        if dry_run or result.has_errors() or result.has_validation_errors():
            return
        changed = result.totals["new"] + result.totals["update"]
        names = sorted(set(dataset.headers) - set(self.get_import_id_fields()))
        digest = getattr(dataset, "digest", "")
        target = Target(self._meta.model._meta.label_lower, label=self.get_display_name())
        record(self.by, f"import.{self.name}", target, rows=changed, digest=digest, fields=names)


def _key(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value


def _cell(field: fields.Field, value: Any) -> Cell:
    if isinstance(field.widget, NumberWidget) and isinstance(value, int):
        return value
    return "" if value is None else str(value)


def _model_field(model: type[Model], name: str | None) -> Any:
    found: Iterable[Any] = (field for field in model._meta.get_fields() if field.name == name)
    return next(iter(found), None)


def _folded(text: str) -> str:
    return " ".join(str(text).replace("_", " ").split()).casefold()


def _has_history(model: type[Model]) -> bool:
    return hasattr(model._meta, "simple_history_manager_attribute")
