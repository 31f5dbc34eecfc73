"""The audit log; the database itself refuses that an event is changed or removed, and moves the head by functions that
the application's role may call."""

import audit.models
from audit import guard
from django.db import migrations, models


def install(apps, schema_editor):
    guard.install(schema_editor.connection)
    guard.keep(schema_editor.connection)


def remove(apps, schema_editor):
    guard.remove(schema_editor.connection)


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Event',
            fields=[
                ('sequence', models.BigIntegerField(primary_key=True, serialize=False, verbose_name='number')),
                ('at', models.DateTimeField(verbose_name='time')),
                ('actor', models.CharField(blank=True, max_length=254, verbose_name='actor')),
                ('role', models.CharField(blank=True, max_length=20, verbose_name='role')),
                ('action', models.CharField(max_length=40, verbose_name='action')),
                ('target_kind', models.CharField(blank=True, max_length=40, verbose_name='kind of target')),
                ('target_id', models.CharField(blank=True, max_length=64, verbose_name='identifier of target')),
                ('target_label', models.CharField(blank=True, max_length=100, verbose_name='target')),
                ('fields', models.JSONField(blank=True, default=list, verbose_name='fields')),
                ('rows', models.PositiveIntegerField(blank=True, null=True, verbose_name='rows')),
                ('digest', models.CharField(blank=True, max_length=64, verbose_name='digest')),
                ('search_kind', models.CharField(blank=True, max_length=100, verbose_name='kind of search')),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='reason')),
                ('previous_hash', models.CharField(max_length=64)),
                ('hash', models.CharField(max_length=64, unique=True)),
            ],
            options={
                'verbose_name': 'event',
                'verbose_name_plural': 'events',
                'db_table': 'audit_event',
                'ordering': ['-sequence'],
                'indexes': [models.Index(fields=['target_kind', 'target_id', 'sequence'], name='audit_event_target'), models.Index(fields=['target_label', 'sequence'], name='audit_event_label'), models.Index(fields=['action', 'sequence'], name='audit_event_action'), models.Index(fields=['actor', 'sequence'], name='audit_event_actor'), models.Index(fields=['at'], name='audit_event_at'), models.Index(audit.models.LabelStart(), models.F('sequence'), name='audit_event_label_start')],
            },
        ),
        migrations.CreateModel(
            name='Head',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('sequence', models.BigIntegerField(default=0)),
                ('hash', models.CharField(default='0000000000000000000000000000000000000000000000000000000000000000', max_length=64)),
                ('signature', models.CharField(blank=True, default='', max_length=64)),
            ],
            options={
                'db_table': 'audit_head',
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='audit_head_one_row')],
            },
        ),
        migrations.CreateModel(
            name='Segment',
            fields=[
                ('year', models.PositiveSmallIntegerField(primary_key=True, serialize=False, verbose_name='year')),
                ('first', models.BigIntegerField(verbose_name='first event')),
                ('last', models.BigIntegerField(verbose_name='last event')),
                ('start_hash', models.CharField(max_length=64)),
                ('hash', models.CharField(max_length=64)),
                ('closed_at', models.DateTimeField(verbose_name='closed')),
                ('signature', models.CharField(max_length=64)),
                ('disposed_at', models.DateTimeField(blank=True, null=True, verbose_name='disposed of')),
                ('decision', models.CharField(blank=True, max_length=300, verbose_name='decision')),
                ('disposed_by', models.CharField(blank=True, max_length=254, verbose_name='carried out by')),
                ('approved_by', models.CharField(blank=True, max_length=254, verbose_name='approved by')),
                ('disposal_signature', models.CharField(blank=True, max_length=64)),
            ],
            options={
                'verbose_name': 'year of the audit log',
                'verbose_name_plural': 'years of the audit log',
                'db_table': 'audit_segment',
                'ordering': ['first'],
                'constraints': [models.CheckConstraint(condition=models.Q(('last__gte', models.F('first'))), name='audit_segment_from_first_to_last'), models.CheckConstraint(condition=models.Q(('disposed_at__isnull', True), models.Q(models.Q(('decision', ''), _negated=True), models.Q(('disposed_by', models.F('approved_by')), _negated=True)), _connector='OR'), name='audit_segment_disposed_by_two')],
            },
        ),
        migrations.RunPython(install, remove),
    ]
