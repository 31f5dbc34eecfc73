"""What an import's file was called, and what a sender calls columns by other names."""

import django.db.models.deletion
import sealing.fields
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('exchange', '0003_files_sealed_to_their_rows'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='importrun',
            name='name',
            field=sealing.fields.SecretTextField(blank=True, default='', verbose_name='file name'),
        ),
        migrations.CreateModel(
            name='HeadingMap',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('importer', models.CharField(max_length=40)),
                ('headings', sealing.fields.SecretTextField(default='', verbose_name='headings')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'headings of a sender',
                'verbose_name_plural': 'headings of senders',
                'constraints': [models.UniqueConstraint(fields=('owner', 'importer'), name='exchange_headingmap_once')],
            },
        ),
    ]
