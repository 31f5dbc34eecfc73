"""Encrypt what is stored anew under the first key of NOTES_KEY, in batches, so that an old key can be thrown
away.

What the first key opens already is left alone: a rotation that was stopped goes on where it was. A row that
somebody saves in the meantime is encrypted under the first key anyhow, and is not overwritten.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Final

from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken
from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.db.models import TextField, Value
from django.db.models.functions import Cast

from cases.models import Identification
from cases.models.case import Case
from cases.secret_text import SecretTextField, index
from exchange.models import ExportPart, ImportRun, ImportUpload
from sealing.secrecy import fernet

# Binary columns that hold something sealed. A test fails for one that is not here.
SEALED: Final[tuple[tuple[type[models.Model], str], ...]] = (
    (ImportUpload, "content"),
    (ImportUpload, "read"),
    (ImportUpload, "preview"),
    (ImportRun, "journal"),
    (ExportPart, "content"),
)
INDEXED: Final[tuple[type[models.Model], ...]] = (
    Identification,
    Case,
)  # `reference_index` beside `reference`
ROTATED, CURRENT, UNREADABLE = "rotated", "current", "unreadable"

Told = Callable[[Counter[str]], None]


def rotate(*, batch: int = 500, told: Told = lambda counts: None) -> Counter[str]:
    """How many texts were rotated, were current, and could be read under no key. `told` after each batch."""
    counts: Counter[str] = Counter()
    for model, name, size, one in _columns(batch):
        for found in _in_batches(model, name, size, one):
            counts.update(found)
            told(counts)
    return counts


def _columns(batch: int) -> Iterator[tuple[type[models.Model], str, int, Callable[..., str]]]:
    """Each column that holds what is encrypted: how many at a time, and how one is rotated."""
    yield from ((model, field.name, batch, _rotate_text) for model, field in secret_fields())
    yield from ((model, name, max(1, batch // 50), _rotate_file) for model, name in SEALED)  # of megabytes
    yield Authenticator, "data", batch, _rotate_factor


def secret_fields() -> list[tuple[type[models.Model], SecretTextField]]:
    return [
        (model, field)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, SecretTextField)
    ]


def _anew(token: bytes) -> tuple[str, bytes]:
    """What became of a token, and the token under the first key."""
    try:
        Fernet(settings.NOTES_KEYS[0]).decrypt(token)
        return CURRENT, token
    except InvalidToken:
        pass
    try:
        return ROTATED, fernet().rotate(token)
    except InvalidToken:
        return UNREADABLE, token


def _in_batches(
    model: type[models.Model], name: str, batch: int, one: Callable[..., str]
) -> Iterator[Counter[str]]:
    """By primary key, a transaction each: stopped at any place, nothing is half done."""
    rows, last = model._base_manager.order_by("pk"), None
    while True:
        chosen = rows if last is None else rows.filter(pk__gt=last)
        keys = list(chosen.values_list("pk", flat=True)[:batch])
        if not keys:
            return
        with transaction.atomic():
            found = Counter(state for key in keys if (state := one(model, name, key)))
        yield found
        last = keys[-1]


def _rotate_text(model: type[models.Model], name: str, key: object) -> str:
    """Past the field, which would show the text: the token as it is stored, and only if it still is that
    one."""
    rows = model._base_manager.filter(pk=key).annotate(token=Cast(name, TextField()))
    token = rows.values_list("token", flat=True).first()
    if not token:
        return ""
    state, new = _anew(token.encode())
    facts: dict[str, Any] = {}
    if state == ROTATED:
        facts[name] = Value(new.decode("ascii"), TextField())
    if model in INDEXED and name == "reference" and state != UNREADABLE:
        facts["reference_index"] = index(fernet().decrypt(new).decode())
    if facts:
        rows.filter(token=token).update(**facts)
    return state


def _rotate_file(model: type[models.Model], name: str, key: object) -> str:
    token = model._base_manager.filter(pk=key).values_list(name, flat=True).first()
    if not token:
        return ""
    state, new = _anew(bytes(token))
    if state == ROTATED:
        model._base_manager.filter(pk=key).update(**{name: new})
    return state


def _rotate_factor(model: type[Authenticator], name: str, key: object) -> str:
    """Secrets, seeds and codes stand as tokens in its data; what is not a token, such as a public key,
    stays."""
    row = model._base_manager.select_for_update().get(pk=key)
    states = {
        _rotate_within(row.data, part) for part in ("secret", "seed", "migrated_codes") if row.data.get(part)
    }
    if ROTATED in states:
        row.save(update_fields=["data"])
    return next((state for state in (UNREADABLE, ROTATED, CURRENT) if state in states), "")


def _rotate_within(data: dict[str, Any], part: str) -> str:
    tokens = data[part] if isinstance(data[part], list) else [data[part]]
    found = [_anew(token.encode()) for token in tokens]
    new = [token.decode("ascii") for _state, token in found]
    data[part] = new if isinstance(data[part], list) else new[0]
    states = {state for state, _token in found}
    return next(state for state in (UNREADABLE, ROTATED, CURRENT) if state in states)
