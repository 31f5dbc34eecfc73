"""Columns that the database holds encrypted, bound to their row; the attribute is plain text or bytes.

The attribute is decrypted when it is first read, since only the row knows its place. What has no row cannot
be encrypted: a value is written through its row, never by `update()`.

All such columns can be encrypted anew under the first key, or looked through for what does not open where it
stands, row by row.
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

from encryption import tokens
from encryption.tokens import KeyMissing, Misplaced, NotDecrypted, TokenPlace


class Encoder(DjangoJSONEncoder):
    def default(self, o: object) -> object:
        if isinstance(o, date | Promise):
            return str(o)
        return list(o) if isinstance(o, set | frozenset) else super().default(o)


def as_bytes(value: object) -> bytes:
    """A value for a column that holds files: dates, translated words and sets too."""
    return json.dumps(value, cls=Encoder, ensure_ascii=False, separators=(",", ":")).encode()


def of_bytes(data: bytes | memoryview) -> Any:
    return json.loads(bytes(data))


_TEXT: Final = "s1."
CODE: Final = ("code",)


class EncryptedText(str):
    """A token as the database holds it, not decrypted yet."""


class EncryptedBytes(bytes):
    """The same, of a file."""


class Unreadable(str):
    """Stands where a text cannot be opened: shows why, and is stored again as the token it came as."""

    token: str
    why: NotDecrypted

    def __new__(cls, token: str, why: NotDecrypted) -> Unreadable:
        text = super().__new__(cls, why.text)
        text.token, text.why = token, why.to_keep()
        return text

    def __getnewargs__(self) -> tuple[str, NotDecrypted]:  # type: ignore[override]
        return self.token, self.why


def messages() -> set[str]:
    """What stands for an unreadable text, in every language: somebody may change it between two pages."""
    found = set()
    for language, _name in settings.LANGUAGES:
        with override(language):
            found |= {str(KeyMissing.text), str(Misplaced.text)}
    return found


class DecryptedWhenRead(DeferredAttribute):
    field: EncryptedColumn

    def __get__(self, instance: models.Model | None, cls: type[models.Model] | None = None) -> Any:
        held = super().__get__(instance, cls)
        if instance is not None and isinstance(held, EncryptedText | EncryptedBytes):
            held = self.field.decrypted(held, instance)
            instance.__dict__[self.field.attname] = held
        return held

    def __set__(self, instance: models.Model, value: object) -> None:
        instance.__dict__[self.field.attname] = value


class EncryptedColumn(models.Field):
    """`bound_to`: the columns that tell a row from all others, known before it is stored, never changed."""

    purpose: ClassVar[str]
    token: ClassVar[type[EncryptedText | EncryptedBytes]]
    descriptor_class = DecryptedWhenRead

    def __init__(self, *args: Any, bound_to: Sequence[str] = CODE, **options: Any) -> None:
        self.bound_to = tuple(bound_to)
        super().__init__(*args, **options)

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        if self.bound_to != CODE:
            options["bound_to"] = self.bound_to
        return name, path, args, options

    def check(self, **options: Any) -> list[checks.CheckMessage]:
        found = super().check(**options)
        try:
            self._keys()
        except FieldDoesNotExist:
            text = f"{self} is sealed by {', '.join(self.bound_to)}, which its model has not."
            found.append(checks.Error(text, obj=self, id="encryption.E001"))
        return found

    def _keys(self) -> list[models.Field[Any, Any]]:
        named = {field.name: field for field in self.model._meta.concrete_fields}
        missing = [name for name in self.bound_to if name not in named]
        if missing:
            raise FieldDoesNotExist(missing[0])
        return [named[name] for name in self.bound_to]

    def key_names(self) -> list[str]:
        return [key.attname for key in self._keys()]

    def place(self, row: models.Model) -> TokenPlace:
        values = [
            getattr(key, "target_field", key).to_python(getattr(row, key.attname)) for key in self._keys()
        ]
        if None in values:
            raise ValueError(f"{self} is sealed by {', '.join(self.bound_to)}: the row has none yet.")
        return TokenPlace(
            self.purpose, self.model._meta.db_table, str(self.column), tuple(str(one) for one in values)
        )

    def decrypted(self, token: Any, row: models.Model) -> Any:
        """What the row's attribute shows."""
        raise NotImplementedError

    def encrypt(self, value: Any, row: models.Model) -> Any:
        raise NotImplementedError

    def from_db_value(self, value: Any, *_args: Any) -> Any:
        return self.token(value) if value else value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        held = model_instance.__dict__.get(self.attname)
        if isinstance(held, Unreadable):
            return EncryptedText(held.token)
        if not held or isinstance(held, self.token) or hasattr(held, "as_sql"):
            return held
        return self.token(self.encrypt(held, model_instance))

    def get_db_prep_save(self, value: object, connection: BaseDatabaseWrapper) -> Any:
        if value and isinstance(value, str | bytes) and not isinstance(value, self.token | Unreadable):
            raise TypeError(f"{self} is sealed: it is written through its row.")
        return super().get_db_prep_save(bytes(value) if isinstance(value, bytes) else value, connection)

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name in {"isnull", "exact"}:  # exact serves the empty text only
            return super().get_lookup(lookup_name)
        return None


class SecretTextField(EncryptedColumn, models.TextField):
    """A text that the database holds encrypted. Cannot be filtered or sorted by."""

    purpose = tokens.TEXTS
    token = EncryptedText

    def decrypted(self, token: EncryptedText, row: models.Model) -> str:
        """The text, or something readable in its place."""
        try:
            return self.open(token, row)
        except NotDecrypted as why:
            return Unreadable(token, why)

    def open(self, token: str, row: models.Model) -> str:
        """Raises NotDecrypted."""
        return tokens.decrypt(_bytes_of(token), self.place(row)).decode()

    def encrypt(self, value: object, row: models.Model) -> str:
        token = tokens.encrypt(str(value).encode(), self.place(row))
        return _TEXT + base64.urlsafe_b64encode(token).decode("ascii")

    def is_current(self, token: str) -> bool:
        return token.startswith(_TEXT) and tokens.is_current(_bytes_of(token))

    def get_prep_value(self, value: Any) -> Any:
        """A text is never told to the database: it is compared with the empty one only."""
        if isinstance(value, Unreadable):
            return value.token
        if isinstance(value, EncryptedText) or not value:
            return None if value is None else str(value)
        return _TEXT if isinstance(value, str) else super().get_prep_value(value)

    def save_form_data(self, instance: models.Model, data: object) -> None:
        """A form shows the message where the text cannot be read, and sends it back: the token stays."""
        stored = getattr(instance, self.attname, None)
        if isinstance(stored, Unreadable) and str(data).strip() in messages():
            return
        super().save_form_data(instance, data)


class SecretFileField(EncryptedColumn, models.BinaryField):
    """Bytes that the database holds packed and encrypted. Reading what does not open raises NotDecrypted."""

    purpose = tokens.FILES
    token = EncryptedBytes
    if TYPE_CHECKING:
        _pyi_private_get_type: bytes

    def decrypted(self, token: bytes, row: models.Model) -> bytes:
        """Raises NotDecrypted."""
        return zlib.decompress(tokens.decrypt(token, self.place(row)))

    open = decrypted

    def encrypt(self, value: bytes, row: models.Model) -> bytes:
        return tokens.encrypt(zlib.compress(bytes(value), 1), self.place(row))

    def is_current(self, token: bytes) -> bool:
        return tokens.is_current(token)


def _bytes_of(token: str) -> bytes:
    """Raises Misplaced for what is no token."""
    try:
        return base64.b64decode(token.removeprefix(_TEXT).encode(), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise Misplaced from None


ROTATED, CURRENT, UNREADABLE = "rotated", "current", "unreadable"
Column = SecretTextField | SecretFileField
_BATCH_SIZE: Final = 500


def encrypted_columns() -> list[tuple[type[models.Model], Column]]:
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
        if row is None or not (token := row.__dict__.get(field.attname)):
            return "", None
        try:
            opened = field.open(token, row)
        except NotDecrypted:
            return UNREADABLE, None
        if field.is_current(token):
            return CURRENT, row
        row.__dict__[field.attname] = opened
        model._base_manager.filter(pk=key).update(**{field.name: field.pre_save(row, False)})
        return ROTATED, row


def every_text() -> Iterator[tuple[Column, models.Model, NotDecrypted | None]]:
    """Yield each stored text by its column and row, with why it does not open; None where it does."""
    for model, field in encrypted_columns():
        rows = model._base_manager.only("pk", *field.key_names(), field.attname).order_by("pk")
        for row in rows.iterator(chunk_size=_BATCH_SIZE):
            if row.__dict__.get(field.attname):
                yield field, row, _fault_of(field, row)


def _fault_of(field: Column, row: models.Model) -> NotDecrypted | None:
    try:
        field.open(row.__dict__[field.attname], row)
    except NotDecrypted as why:
        return why.to_keep()
    return None


def unreadable() -> Iterator[str]:
    """Yield table, column and key of each text that does not open, and why."""
    for field, row, fault in every_text():
        if fault is not None:
            yield f"{row._meta.db_table}.{field.column} {row.pk}, {fault.for_operations}"
