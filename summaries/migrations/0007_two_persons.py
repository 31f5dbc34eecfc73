"""A version is released and withdrawn by two persons."""

from django.db import migrations, models


def by_one(apps, schema_editor):
    """What was released before two persons were needed."""
    apps.get_model('summaries', 'Publication').objects.filter(version__isnull=False).update(two_persons=False)


class Migration(migrations.Migration):

    dependencies = [
        ('summaries', '0006_open_files'),
    ]

    operations = [
        migrations.AddField(
            model_name='publication',
            name='hands',
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name='publication',
            name='two_persons',
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name='exemption',
            name='effect',
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.RunPython(by_one, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='publication',
            constraint=models.CheckConstraint(condition=models.Q(('version__isnull', True), ('two_persons', False), models.Q(('approved_by__isnull', False), models.Q(('approved_by', models.F('published_by')), _negated=True)), _connector='OR'), name='summaries_publication_released_by_two'),
        ),
        migrations.AddConstraint(
            model_name='publication',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'withdrawn'), _negated=True), ('two_persons', False), ('withdrawn_at__lt', models.F('published_at')), models.Q(('withdrawal_approved_by__isnull', False), models.Q(('withdrawal_approved_by', models.F('withdrawn_by')), _negated=True), models.Q(('withdrawn_reason_en', ''), _negated=True)), _connector='OR'), name='summaries_publication_withdrawn_by_two'),
        ),
    ]
