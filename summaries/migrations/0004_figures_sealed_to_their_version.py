"""The true values of a version, and of what was given out, are sealed to their row. No column changes."""

import sealing.fields
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('summaries', '0003_after_the_versions'),
    ]

    operations = [
        migrations.AlterField(
            model_name='publication',
            name='sealed',
            field=sealing.fields.SecretTextField(blank=True),
        ),
        migrations.AlterField(
            model_name='handedout',
            name='sealed',
            field=sealing.fields.SecretTextField(sealed_by=('year', 'digest')),
        ),
    ]
