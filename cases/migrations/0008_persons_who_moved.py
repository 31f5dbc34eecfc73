from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import migrations, models


def note(apps: Any, schema_editor: Any) -> None:
    persons = apps.get_model("cases", "Person").objects
    elsewhere = persons.exclude(responsible_region=models.F("case__region"))
    persons.filter(pk__in=elsewhere.values("pk")).update(moved=True)


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0002_cache_table'),
        ('cases', '0007_exports'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='call',
            name='cases_call_county',
        ),
        migrations.RemoveIndex(
            model_name='call',
            name='cases_call_caller',
        ),
        migrations.RemoveIndex(
            model_name='call',
            name='cases_call_region',
        ),
        migrations.RemoveIndex(
            model_name='call',
            name='cases_call_taken_by',
        ),
        migrations.AddField(
            model_name='person',
            name='moved',
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddIndex(
            model_name='call',
            index=models.Index(fields=['caller_county', 'received_at', 'id'], name='cases_call_county'),
        ),
        migrations.AddIndex(
            model_name='call',
            index=models.Index(fields=['caller_group', 'received_at', 'id'], name='cases_call_caller'),
        ),
        migrations.AddIndex(
            model_name='call',
            index=models.Index(fields=['referred_region', 'received_at', 'id'], name='cases_call_region'),
        ),
        migrations.AddIndex(
            model_name='call',
            index=models.Index(fields=['taken_by', 'received_at', 'id'], name='cases_call_taken_by'),
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(condition=models.Q(('moved', True)), fields=['case', 'responsible_region'], name='cases_person_moved'),
        ),
        migrations.RunPython(note, migrations.RunPython.noop, elidable=True),
    ]
