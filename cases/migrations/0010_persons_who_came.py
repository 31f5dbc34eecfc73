from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0009_exported_files_moved")]

    operations = [
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                condition=models.Q(("moved", True)), fields=["responsible_region", "case"], name="cases_person_came"
            ),
        ),
    ]
