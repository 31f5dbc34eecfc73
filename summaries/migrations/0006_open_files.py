"""A version has files for other programs, of each of its tables, and the SHA-256 of every file is known."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("summaries", "0005_releases")]

    operations = [
        migrations.AddField(
            model_name="publicationfile",
            name="sha256",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
        migrations.CreateModel(
            name="OpenFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("table", models.CharField(blank=True, default="", max_length=30)),
                ("language", models.CharField(max_length=2)),
                ("kind", models.CharField(max_length=9)),
                ("content", models.BinaryField()),
                ("size", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                (
                    "publication",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="open_files",
                        to="summaries.publication",
                    ),
                ),
            ],
            options={
                "verbose_name": "open file of a publication",
                "verbose_name_plural": "open files of publications",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("publication", "table", "language", "kind"), name="summaries_openfile_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["csv", "semicolon", "px", "jsonstat", "sdmx"]),
                            ("language__in", ["sv", "en"]),
                        ),
                        name="summaries_openfile_kind_known",
                    ),
                ],
            },
        ),
    ]
