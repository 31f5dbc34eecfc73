"""A year is closed by decision when it is over. What was said before its end was that it is ready so far."""

import uuid

import django.db.models.deletion
import django.utils.timezone
import sealing.fields
from django.conf import settings
from django.db import migrations, models


def fill(apps, schema_editor):
    rows = apps.get_model('cases', 'YearConfirmation').objects.using(schema_editor.connection.alias)
    for row in rows.order_by('pk'):
        row.code = uuid.uuid4()
        row.day = django.utils.timezone.localdate(row.at)
        row.step = 'closed' if row.day.year > row.year else 'ready'
        row.save(update_fields=['code', 'day', 'step'])


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0008_messages'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='yearconfirmation',
            name='code',
            field=models.UUIDField(default=uuid.uuid4, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='yearconfirmation',
            name='step',
            field=models.CharField(choices=[('ready', 'ready so far'), ('closed', 'closed')], default='closed', max_length=6, verbose_name='step'),
        ),
        migrations.AddField(
            model_name='yearconfirmation',
            name='day',
            field=models.DateField(editable=False, null=True, verbose_name='day'),
        ),
        migrations.AddField(
            model_name='yearconfirmation',
            name='taken_back_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='taken back by'),
        ),
        migrations.AddField(
            model_name='yearconfirmation',
            name='taken_back_at',
            field=models.DateTimeField(null=True, verbose_name='taken back'),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='yearconfirmation',
            name='code',
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
        ),
        migrations.AlterField(
            model_name='yearconfirmation',
            name='day',
            field=models.DateField(editable=False, verbose_name='day'),
        ),
        migrations.AddField(
            model_name='yearconfirmation',
            name='reason',
            field=sealing.fields.SecretTextField(blank=True, default='', verbose_name='reason'),
            preserve_default=False,
        ),
        migrations.RemoveConstraint(
            model_name='yearconfirmation',
            name='cases_yearconfirmation_once',
        ),
        migrations.AddConstraint(
            model_name='yearconfirmation',
            constraint=models.CheckConstraint(condition=models.Q(('step__in', ['ready', 'closed'])), name='cases_yearconfirmation_step_known'),
        ),
        migrations.AddConstraint(
            model_name='yearconfirmation',
            constraint=models.UniqueConstraint(condition=models.Q(('taken_back_at__isnull', True)), fields=('region', 'year', 'step'), name='cases_yearconfirmation_stands_once'),
        ),
        migrations.AddConstraint(
            model_name='yearconfirmation',
            constraint=models.CheckConstraint(condition=models.Q(('step', 'ready'), ('day__year__gt', models.F('year')), _connector='OR'), name='cases_yearconfirmation_closed_when_over'),
        ),
        migrations.AddConstraint(
            model_name='yearconfirmation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('taken_back_at__isnull', True), ('taken_back_by__isnull', True)), models.Q(('taken_back_at__isnull', False), ('taken_back_by__isnull', False)), _connector='OR'), name='cases_yearconfirmation_taken_back_by_somebody'),
        ),
    ]
