"""What waits, what undoes an import and what was made to be taken along is sealed to its row. No column changes."""

import sealing.fields
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('exchange', '0002_read_apart'),
    ]

    operations = [
        migrations.AlterField(
            model_name='importupload',
            name='content',
            field=sealing.fields.SecretFileField(),
        ),
        migrations.AlterField(
            model_name='importupload',
            name='read',
            field=sealing.fields.SecretFileField(default=b''),
        ),
        migrations.AlterField(
            model_name='importupload',
            name='preview',
            field=sealing.fields.SecretFileField(default=b''),
        ),
        migrations.AlterField(
            model_name='importrun',
            name='journal',
            field=sealing.fields.SecretFileField(),
        ),
        migrations.AlterField(
            model_name='exportpart',
            name='content',
            field=sealing.fields.SecretFileField(sealed_by=('file', 'position')),
        ),
    ]
