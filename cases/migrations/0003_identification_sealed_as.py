"""An agency's own reference is sealed by a random key of its row, known before it is stored."""

import uuid

import sealing.fields
from django.db import migrations, models


def fill(apps, schema_editor):
    rows = apps.get_model('cases', 'Identification').objects.using(schema_editor.connection.alias)
    if schema_editor.connection.vendor == 'postgresql':
        schema_editor.execute('UPDATE cases_identification SET sealed_as = gen_random_uuid()')
        return
    for key in list(rows.order_by('pk').values_list('pk', flat=True)):
        rows.filter(pk=key).update(sealed_as=uuid.uuid4())


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0002_forms_sent_late_and_days_of_reading'),
    ]

    operations = [
        migrations.AddField(
            model_name='identification',
            name='sealed_as',
            field=models.UUIDField(default=uuid.uuid4, editable=False, null=True),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='identification',
            name='sealed_as',
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
        ),
        migrations.AlterField(
            model_name='identification',
            name='reference',
            field=sealing.fields.SecretTextField(blank=True, sealed_by=('sealed_as',), verbose_name="agency's own reference"),
        ),
        migrations.AlterField(
            model_name='draft',
            name='body',
            field=sealing.fields.SecretTextField(sealed_by=('owner', 'kind', 'subject'), verbose_name='body'),
        ),
    ]
