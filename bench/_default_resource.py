"""django-import-export's resource as it comes, with `clean_model_instances`, and hooks that store what
belongs to a person the way its documentation shows: one row at a time. Only the person is checked by its
model: that favours it."""

from __future__ import annotations

from datetime import date
from typing import Any

from import_export.resources import ModelResource

from agencies.directory import Geography
from agencies.models import Agency
from cases.models import Case, Exploitation, Identification, Measure, Person


class PersonResource(ModelResource):
    class Meta:
        model = Person
        import_id_fields = ("number",)
        fields = ("number", "sex", "child", "age_class", "citizenship", "status", "offence")
        clean_model_instances = True

    def __init__(self, user: Any) -> None:
        super().__init__()
        self.user, self.places = user, Geography.load()

    def before_import_row(self, row: dict[str, Any], **kwargs: Any) -> None:
        row["offence"] = f"offence:{row['offence']}" if row["offence"] else None
        row["citizenship"] = row["citizenship"] or None

    def import_instance(self, instance: Person, row: dict[str, Any], **kwargs: Any) -> None:
        super().import_instance(instance, row, **kwargs)
        day = date.fromisoformat(row["identified_on"])
        instance._history_user = self.user  # type: ignore[attr-defined]
        instance.case = self._case(row, day)
        if instance.position is None:
            instance.position = instance.case.persons.count() + 1
        instance.responsible_region_id = "V"
        instance.first_identified_on, instance.first_year = day, day.year
        instance.first_agency = Agency.objects.get(code=row["agency"])
        instance.first_county_id, instance.first_region_id = (
            row["county"],
            self.places.region_on(row["county"], day),
        )
        instance.first_channel_id = f"channel:{row['channel']}" if row["channel"] else None

    def after_save_instance(self, instance: Person, row: dict[str, Any], **kwargs: Any) -> None:
        self._save(
            Identification,
            {"person": instance, "agency": instance.first_agency, "municipality": row["municipality"]}
            | {"identified_on": instance.first_identified_on},
            {"county_id": row["county"], "channel_id": instance.first_channel_id, "reference": row["person"]},
        )
        for word in dict.fromkeys((row["main_purpose"], *filter(None, row["purposes"].split("|")))):
            sector = f"sector:{row['sector']}" if row["sector"] and word == "labour" else None
            facts = {"is_main": word == row["main_purpose"], "sector_id": sector}
            self._save(Exploitation, {"person": instance, "purpose_id": f"purpose:{word}"}, facts)
        for text in filter(None, row["measures"].split("|")):
            kind, month = text.split(":")
            key = {
                "person": instance,
                "kind_id": f"measure:{kind}",
                "month": date.fromisoformat(f"{month}-01"),
            }
            self._save(Measure, key, {"answer": "accepted"})

    def _case(self, row: dict[str, Any], day: date) -> Case:
        facts = {"region_id": "V", "opened_on": day, "opened_by": self.user, "reference": row["case"]}
        return self._save(Case, {"number": f"B-{row['case']}"[:16]}, facts)

    def _save(self, model: Any, key: dict[str, Any], facts: dict[str, Any]) -> Any:
        row = model.objects.filter(**key).first() or model(**key)
        for name, value in facts.items():
            setattr(row, name, value)
        row._history_user = self.user
        row.save()
        return row
