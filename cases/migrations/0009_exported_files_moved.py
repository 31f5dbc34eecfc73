"""Exported files are kept by `agencies` now, for every list. Those of this week go: they can be made again."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0008_persons_who_moved"),
    ]

    operations = [
        migrations.DeleteModel(name="ExportPart"),
        migrations.DeleteModel(name="ExportFile"),
    ]
