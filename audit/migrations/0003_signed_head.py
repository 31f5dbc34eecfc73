"""The head of the trail is signed, and moved by functions that the application's role may call."""

from django.conf import settings
from django.db import migrations, models

from audit import guard
from audit.chain import place_signature


def sign(apps, schema_editor):
    """As it stands: from here on nobody without the key says that the trail ends earlier."""
    heads = apps.get_model("audit", "Head").objects.using(schema_editor.connection.alias)
    for head in heads.filter(sequence__gt=0):
        head.signature = place_signature((head.sequence, head.hash), settings.AUDIT_KEY)
        head.save(update_fields=["signature"])


def keep(apps, schema_editor):
    guard.keep(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_triggers")]
    operations = [
        migrations.AddField(
            model_name="head",
            name="signature",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
        migrations.RunPython(sign, migrations.RunPython.noop),
        migrations.RunPython(keep, migrations.RunPython.noop),
    ]
