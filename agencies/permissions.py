"""The role table in Django's own words, which its admin and django-import-export ask in."""

from __future__ import annotations

from agencies.roles import MAY, May, Role

# model → (what reading asks for, what changing asks for). A model that is not here has no place in the admin.
READ_CHANGE: dict[str, tuple[frozenset[May], frozenset[May]]] = {
    **dict.fromkeys(
        ("agencies.user", "agencies.agency", "agencies.county", "agencies.region", "agencies.countyregion",
         "agencies.coordinator", "agencies.code", "agencies.codemapping"),
        (frozenset({May.ADMINISTER}), frozenset({May.ADMINISTER})),
    ),
    **dict.fromkeys(
        ("summaries.historicalfigure", "summaries.population", "summaries.justicefigure"),
        (frozenset({May.EDIT_FIGURES}), frozenset({May.EDIT_FIGURES})),
    ),
    "cases.call": (frozenset({May.VIEW_CALL}), frozenset({May.EDIT_CALL})),
    **dict.fromkeys(
        ("cases.case", "cases.person", "cases.identification", "cases.exploitation", "cases.measure"),
        (frozenset({May.VIEW_CASE}), frozenset({May.EDIT_CASE})),
    ),
}  # fmt: skip


def django_permission(role: Role, permission: str) -> bool:
    """Whether `role` has e.g. "cases.change_person". Nobody deletes: records are ended or disposed of."""
    app, _, codename = permission.partition(".")
    verb, _, model = codename.partition("_")
    wanted = READ_CHANGE.get(f"{app}.{model}")
    if wanted is None or verb == "delete":
        return False
    read, change = wanted
    if verb == "view":
        return bool(MAY[role] & read)
    if verb == "export":
        return bool(MAY[role] & read)
    return bool(MAY[role] & change)
