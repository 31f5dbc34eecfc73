"""The role table in Django's own words, which its admin and django-import-export ask in."""

from __future__ import annotations

from dataclasses import dataclass

from agencies.roles import MAY, May, Role

Rights = frozenset[May]
NOBODY: Rights = frozenset()


@dataclass(frozen=True)
class Verbs:
    """Which rights each verb asks for, any of them. `load`: bring in a file."""

    view: Rights
    change: Rights
    add: Rights
    load: Rights
    export: Rights
    delete: Rights = NOBODY


def _rights(*rights: May) -> Rights:
    return frozenset(rights)


def _list(right: May, *, delete: bool = False) -> Verbs:
    every = _rights(right)
    return Verbs(every, every, every, every, every, delete=every if delete else NOBODY)


_CASE = Verbs(
    view=_rights(May.VIEW_CASE),
    change=_rights(May.EDIT_CASE),
    add=_rights(May.OPEN_CASE),
    load=_rights(May.IMPORT_PERSONS),
    export=_rights(May.EXPORT_ROWS),
)
# Records are ended or disposed of, never deleted; only a code or a mapping that nothing has used yet can go.
# A model that is not here has no place in the admin.
TABLE: dict[str, Verbs] = {
    **dict.fromkeys(
        ("agencies.user", "agencies.agency", "agencies.county", "agencies.region", "agencies.countyregion",
         "agencies.coordinator"),
        _list(May.ADMINISTER),
    ),
    **dict.fromkeys(("agencies.code", "agencies.codemapping"), _list(May.ADMINISTER, delete=True)),
    **dict.fromkeys(
        ("summaries.historicalfigure", "summaries.population", "summaries.justicefigure"), _list(May.EDIT_FIGURES)
    ),
    "cases.call": Verbs(
        view=_rights(May.VIEW_CALL),
        change=_rights(May.EDIT_CALL),
        add=_rights(May.LOG_CALL),
        load=_rights(May.LOG_CALL),
        export=_rights(May.EXPORT_ROWS),
    ),
    **dict.fromkeys(
        ("cases.case", "cases.person", "cases.identification", "cases.exploitation", "cases.measure"), _CASE
    ),
}  # fmt: skip


def django_permission(role: Role, permission: str) -> bool:
    """Whether `role` has e.g. "cases.change_person". The verbs are Django's, and `import` and `export`."""
    app, _, codename = permission.partition(".")
    verb, _, model = codename.partition("_")
    verbs = TABLE.get(f"{app}.{model}")
    if verbs is None:
        return False
    wanted: Rights = getattr(verbs, "load" if verb == "import" else verb, NOBODY)
    may_see = bool(MAY[role] & verbs.view)
    return may_see and bool(MAY[role] & wanted)
