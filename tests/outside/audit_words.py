"""Every action that the audit log can hold, with its words on the page of the audit log; and what its targets
are called.

Actions are read off the code. Where part of one is filled in, `FILLED` says with what; the test of every act
holds that nothing else is ever recorded (`tests/audit/test_nothing_without_its_event.py`).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from django.apps import apps
from django.conf import settings
from django.utils.translation import override

from audit_pages.words import ABOUT, words
from cases.choices import Decision, RequestAnswer
from exchange.lists import importer_names
from exchange.resources import RESOURCES
from jobs.kinds import KINDS
from tests.nmt_site.admin_pages import FIGURES, LISTS
from tests.outside.addresses import names_in_spaces
from tests.outside.golden import listed
from tests.outside.place import Place

HOLE: Final = "{}"
ACTION: Final = re.compile(r"[a-z_]+\.[a-z_]+")
MAY_NAME: Final = re.compile(r"\brecord\(|\bTarget\(|[\"'][a-z_]+\.[a-z_]+[\"']")
# The domain of invented people, the first part of two of their addresses, and a module.
NO_ACTION: Final = {"demo.example", "coordinator.vast", "coordinator.syd", "retention.urls"}
EDITED: Final = tuple(name.partition("_")[2] for name in (*LISTS, *FIGURES, "retention_retention")
                      if name != "accounts_user")  # fmt: skip
WORKED_ON: Final = ("call", "case", "person")
SAVED: Final = ("add", "edit")
PARTS: Final = ("identification", "exploitation", "measure")
FILLED: Final[Mapping[str, tuple[str, ...]]] = {
    "{}.{}": (
        *(f"{name}.{verb}" for name in EDITED for verb in ("add", "change")),
        "remark.change",
        *(f"{name}.{verb}" for name in WORKED_ON for verb in ("read", "history")),
    ),
    "{}.delete": ("code.delete", "codemapping.delete"),
    "import.{}": tuple(f"import.{name}" for name in importer_names()),
    "export.{}": tuple(f"export.{name}" for name in (*RESOURCES, "persons", "htcds")),
    "duplicate.{}": tuple(f"duplicate.{value}" for value in Decision.values if value != Decision.OPEN),
    "transfer.{}": tuple(f"transfer.{one}" for one in (RequestAnswer.ACCEPTED, RequestAnswer.DECLINED)),
    **{f"{part}.{HOLE}": tuple(f"{part}.{verb}" for verb in SAVED) for part in PARTS},
    f"{HOLE}.mistake": tuple(f"{part}.mistake" for part in PARTS),
    f"{HOLE}.put_back": tuple(f"{one}.put_back" for one in ("case", "person", *PARTS)),
    f"{HOLE}.list": tuple(f"{name}.list" for name in WORKED_ON),
}


def in_words(_place: Place) -> bytes:
    return listed(f"{action}  {_in_words(action, 'sv')}  {_in_words(action, 'en')}" for action in actions())


def _in_words(action: str, language: str) -> str:
    with override(language):
        return words(action)


@cache
def actions() -> frozenset[str]:
    """Raises KeyError, naming the pattern, where a part is filled in and `FILLED` does not say with what."""
    found: set[str] = set()
    for tree in _sources():
        written = {text for call in _recording(tree) for text in _texts(call)}
        found |= {one for text in written for one in (FILLED[text] if HOLE in text else (text,))}
        found |= {text for text in _constants(tree) if _names_an_action(text)}
    return frozenset(found)


def _names_an_action(text: str) -> bool:
    """Such as the one of two that is chosen before it is recorded."""
    if not ACTION.fullmatch(text) or text in NO_ACTION | _labels() or text in KINDS:
        return False
    return text.partition(".")[0] in ABOUT


@cache
def _sources() -> tuple[ast.Module, ...]:
    """The code of our apps that records something, or has an action or a kind of target among its words."""
    folders = [Path(config.path) for config in apps.get_app_configs()]
    ours = (folder for folder in folders if folder.parent == settings.BASE_DIR)
    files = (file for folder in ours for file in folder.rglob("*.py") if "migrations" not in file.parts)
    texts = (file.read_text(encoding="utf-8") for file in files)
    return tuple(ast.parse(text) for text in texts if MAY_NAME.search(text))


def _recording(tree: ast.AST) -> Iterator[ast.expr]:
    """The action in each call that writes an event."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "record":
            yield node.args[1]


def _texts(action: ast.expr) -> Iterator[str]:
    """As it is written there, with a hole for each part that is filled in; nothing where it is a variable."""
    match action:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=one, orelse=other):
            yield from (*_texts(one), *_texts(other))
        case ast.JoinedStr(values=parts):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else HOLE for part in parts)


def _constants(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


@cache
def _labels() -> frozenset[str]:
    return frozenset(model._meta.label_lower for model in apps.get_models())


def named_by_app(_place: Place) -> bytes:
    """What stands in the audit log by the name of an app: kinds of targets, and addresses that were
    refused."""
    own = {config.label for config in apps.get_app_configs() if Path(config.path).parent == settings.BASE_DIR}
    kinds = {label for label in _labels() if label.partition(".")[0] in own}
    others = {text for tree in _sources() for text in _kinds_given(tree)}
    return listed(
        [*(f"target {kind}" for kind in kinds | others), *(f"address {name}" for name in names_in_spaces())]
    )


def _kinds_given(tree: ast.AST) -> Iterator[str]:
    """Of targets that are no row: the first word of `Target(…)`."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "Target"
            and node.args
        ):
            yield from _texts(node.args[0])
