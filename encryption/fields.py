"""Columns that the database holds sealed: plain text or bytes in a row's attribute, bound to the row at rest.

The attribute is opened when it is first read, since only the row knows its place. What has no row cannot be
sealed: a value is written through its row, never by `update()`.

A value as bytes and back, for a column that holds files: dates, translated words and sets too.

Every sealed column of the register, row by row: sealed anew under the first key, or looked through for
what does not open where it stands.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Final

from django.apps import apps
from django.conf import settings
from django.core import checks
from django.core.exceptions import FieldDoesNotExist
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.query_utils import DeferredAttribute
from django.utils.functional import Promise
from django.utils.translation import override

from encryption.tokens import (
    FILES,
    TEXTS,
    KeyMissing,
    Misplaced,
    NotOpened,
    TokenPlace,
    is_current,
    seal,
    unseal,
)


class Encoder(DjangoJSONEncoder):
    def default(self, o: object) -> object:
        if isinstance(o, date | Promise):
            return str(o)
        return list(o) if isinstance(o, set | frozenset) else super().default(o)


def as_bytes(value: object) -> bytes:
    return json.dumps(value, cls=Encoder, ensure_ascii=False, separators=(",", ":")).encode()


def of_bytes(data: bytes | memoryview) -> Any:
    return json.loads(bytes(data))


_TEXT: Final = "s1."
_ABSENT: Final = object()
CODE: Final = ("code",)


class Sealed(str):
    """A token as the database holds it, not opened yet."""


class SealedBytes(bytes):
    """The same, of a file."""


class Unreadable(str):
    """Stands where a text cannot be opened: shows why, and is stored again as the token it came as."""

    token: str
    why: NotOpened

    def __new__(cls, token: str, why: NotOpened) -> Unreadable:
        text = super().__new__(cls, why.text)
        text.token, text.why = token, why.to_keep()
        return text

    def __getnewargs__(self) -> tuple[str, NotOpened]:  # type: ignore[override]
        return self.token, self.why


def messages() -> set[str]:
    """What stands for an unreadable text, in every language: somebody may change it between two pages."""
    found = set()
    for language, _name in settings.LANGUAGES:
        with override(language):
            found |= {str(KeyMissing.text), str(Misplaced.text)}
    return found


class OpenedWhenRead(DeferredAttribute):
    """Opens what was loaded, where it is read."""

    field: SealedColumn

    def __get__(self, instance: models.Model | None, cls: type[models.Model] | None = None) -> Any:
        if instance is None:
            return self
        held = instance.__dict__.get(self.field.attname, _ABSENT)
        if held is _ABSENT:
            held = super().__get__(instance, cls)
        if isinstance(held, Sealed | SealedBytes):
            held = self.field.opened(held, instance)
            instance.__dict__[self.field.attname] = held
        return held

    def __set__(self, instance: models.Model, value: object) -> None:
        instance.__dict__[self.field.attname] = value


class SealedColumn(models.Field):
    """What both kinds have in common. `sealed_by`: the columns that tell a row from all others, known before
    it is stored and never changed."""

    purpose: ClassVar[str]
    descriptor_class = OpenedWhenRead

    def __init__(self, *args: Any, sealed_by: Sequence[str] = CODE, **options: Any) -> None:
        self.sealed_by = tuple(sealed_by)
        super().__init__(*args, **options)

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        if self.sealed_by != CODE:
            options["sealed_by"] = self.sealed_by
        return name, path, args, options

    def check(self, **options: Any) -> list[checks.CheckMessage]:
        return [*super().check(**options), *self._check_place()]

    def _check_place(self) -> list[checks.CheckMessage]:
        try:
            self._keys()
        except FieldDoesNotExist:
            said = f"{self} is sealed by {', '.join(self.sealed_by)}, which its model has not."
            return [checks.Error(said, obj=self, id="encryption.E001")]
        return []

    def _keys(self) -> list[models.Field[Any, Any]]:
        return [self.model._meta.get_field(name) for name in self.sealed_by]  # type: ignore[misc]

    def key_names(self) -> list[str]:
        return [key.attname for key in self._keys()]

    def place(self, row: models.Model) -> TokenPlace:
        told = [key.target_field.to_python(getattr(row, key.attname)) if key.remote_field  # type: ignore[attr-defined]
                else key.to_python(getattr(row, key.attname)) for key in self._keys()]  # fmt: skip
        if None in told:
            raise ValueError(f"{self} is sealed by {', '.join(self.sealed_by)}: the row has none yet.")
        return TokenPlace(self.purpose, self.model._meta.db_table, str(self.column), tuple(map(str, told)))

    def opened(self, token: Any, row: models.Model) -> Any:
        """What the row's attribute shows."""
        raise NotImplementedError

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name in {"isnull", "exact"}:  # exact serves the empty text only
            return super().get_lookup(lookup_name)
        return None


class SecretTextField(SealedColumn, models.TextField):
    """A text that the database holds sealed. Cannot be filtered or sorted by."""

    purpose = TEXTS

    def from_db_value(self, value: str | None, *_args: Any) -> str | None:
        return Sealed(value) if value else value

    def opened(self, token: Sealed, row: models.Model) -> str:
        """The text, or something readable in its place."""
        try:
            return self.open(token, row)
        except NotOpened as why:
            return Unreadable(token, why)

    def open(self, token: str, row: models.Model) -> str:
        """Raises NotOpened."""
        return unseal(_bytes_of(token), self.place(row)).decode()

    def seal(self, text: str, row: models.Model) -> str:
        return _TEXT + base64.urlsafe_b64encode(seal(text.encode(), self.place(row))).decode("ascii")

    def is_current(self, token: str) -> bool:
        return token.startswith(_TEXT) and is_current(_bytes_of(token))

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        held = model_instance.__dict__.get(self.attname)
        if hasattr(held, "as_sql"):
            return held
        if isinstance(held, Unreadable):
            return Sealed(held.token)
        if held is None or isinstance(held, Sealed):
            return held
        text = str(held)
        return Sealed(self.seal(text, model_instance)) if text else ""

    def get_db_prep_save(self, value: object, connection: BaseDatabaseWrapper) -> Any:
        if value and isinstance(value, str) and not isinstance(value, Sealed | Unreadable):
            raise TypeError(f"{self} is sealed: it is written through its row.")
        return super().get_db_prep_save(value, connection)

    def get_prep_value(self, value: Any) -> Any:
        """A text is never told to the database: it is compared with the empty one only."""
        if isinstance(value, Unreadable):
            return value.token
        if isinstance(value, Sealed) or not value:
            return None if value is None else str(value)
        return _TEXT if isinstance(value, str) else super().get_prep_value(value)

    def save_form_data(self, instance: models.Model, data: object) -> None:
        """A form shows the message where the text cannot be read, and sends it back: the token stays."""
        stored = getattr(instance, self.attname, None)
        if isinstance(stored, Unreadable) and str(data or "").strip() in messages():
            return
        super().save_form_data(instance, data)


class SecretFileField(SealedColumn, models.BinaryField):
    """Bytes that the database holds packed and sealed. Reading what cannot be opened raises NotOpened."""

    purpose = FILES
    if TYPE_CHECKING:
        _pyi_private_get_type: bytes

    def from_db_value(self, value: Any, *_args: Any) -> Any:
        return SealedBytes(value) if value else value

    def opened(self, token: bytes, row: models.Model) -> bytes:
        """Raises NotOpened."""
        return zlib.decompress(unseal(token, self.place(row)))

    open = opened

    def seal(self, data: bytes, row: models.Model) -> bytes:
        return seal(zlib.compress(data, 1), self.place(row))

    def is_current(self, token: bytes) -> bool:
        return is_current(token)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        held = model_instance.__dict__.get(self.attname)
        if not held or isinstance(held, SealedBytes) or hasattr(held, "as_sql"):
            return held
        return SealedBytes(self.seal(bytes(held), model_instance))

    def get_db_prep_save(self, value: object, connection: BaseDatabaseWrapper) -> Any:
        if isinstance(value, bytes) and value and not isinstance(value, SealedBytes):
            raise TypeError(f"{self} is sealed: it is written through its row.")
        return super().get_db_prep_save(bytes(value) if isinstance(value, bytes) else value, connection)


def _bytes_of(token: str) -> bytes:
    """Raises Misplaced for what is no token."""
    try:
        return base64.b64decode(token.removeprefix(_TEXT).encode(), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise Misplaced from None


ROTATED, CURRENT, UNREADABLE = "rotated", "current", "unreadable"
Column = SecretTextField | SecretFileField
_AT_ONCE: Final = 500


def sealed_columns() -> list[tuple[type[models.Model], Column]]:
    """A test fails for a binary column that is neither here nor named as plain."""
    return [
        (model, field)
        for model in apps.get_models()
        if not model._meta.proxy
        for field in model._meta.concrete_fields
        if isinstance(field, SecretTextField | SecretFileField)
    ]


def anew(model: type[models.Model], field: Column, key: object, *beside: str) -> tuple[str, Any]:
    """What became of one row, and the row with its text, or None where it has none to be read. The row
    is locked meanwhile. `beside`: what else of the row is wanted."""
    with transaction.atomic():
        rows = model._base_manager.filter(pk=key).select_for_update(of=("self",))
        row = rows.only("pk", *field.key_names(), field.attname, *beside).first()
        token = row.__dict__.get(field.attname) if row else None
        if row is None or not token:
            return "", None
        try:
            opened = field.open(token, row)
        except NotOpened:
            return UNREADABLE, None
        if field.is_current(token):
            return CURRENT, row
        row.__dict__[field.attname] = opened
        model._base_manager.filter(pk=key).update(**{field.name: field.pre_save(row, False)})
        return ROTATED, row


def misplaced() -> Iterator[str]:
    """Table, column and key of each text that was moved or changed: never what it says. A text whose key is
    missing is not judged."""
    for model, field in sealed_columns():
        wanted = model._base_manager.only("pk", *field.key_names(), field.attname).order_by("pk")
        for row in wanted.iterator(chunk_size=_AT_ONCE):
            token = row.__dict__.get(field.attname)
            if token and _is_misplaced(field, token, row):
                yield f"{model._meta.db_table}.{field.column} {row.pk}"


def _is_misplaced(field: Column, token: Any, row: models.Model) -> bool:
    try:
        field.open(token, row)
    except Misplaced:
        return True
    except NotOpened:
        return False
    return False
