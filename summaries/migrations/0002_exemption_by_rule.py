"""Under which rule an exemption was decided: those of before are asked about again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("summaries", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="exemption",
            name="rule",
            field=models.PositiveSmallIntegerField(default=1, verbose_name="rule"),
        ),
        migrations.AlterField(
            model_name="exemption",
            name="rule",
            field=models.PositiveSmallIntegerField(default=2, verbose_name="rule"),
        ),
    ]
