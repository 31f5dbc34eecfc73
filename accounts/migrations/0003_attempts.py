"""Attempts are counted, and values remembered, in tables of their own; the cache's table of Python objects goes."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_agency_and_attempts'),
    ]

    operations = [
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('key', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('count', models.PositiveIntegerField(verbose_name='number')),
                ('until', models.DateTimeField(db_index=True)),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'attempts',
                'verbose_name_plural': 'attempts',
            },
        ),
        migrations.CreateModel(
            name='Remembered',
            fields=[
                ('key', models.CharField(max_length=250, primary_key=True, serialize=False)),
                ('value', models.TextField()),
                ('until', models.DateTimeField(db_index=True, null=True)),
            ],
            options={
                'verbose_name': 'remembered value',
                'verbose_name_plural': 'remembered values',
            },
        ),
        migrations.RunSQL('DROP TABLE IF EXISTS accounts_cache', migrations.RunSQL.noop),
    ]
