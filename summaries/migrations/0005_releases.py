"""Releases that are announced, approved by a second person and public at their hour."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def as_the_page_was(apps, schema_editor):
    """Of what was withdrawn before one could choose, the page of the year shows the version before."""
    rows = apps.get_model('summaries', 'Publication').objects.filter(state='withdrawn', version__gt=1)
    rows.update(shown_again=models.F('version') - 1)


class Migration(migrations.Migration):

    dependencies = [
        ('summaries', '0004_figures_sealed_to_their_version'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='publication',
            name='approved_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='publication',
            name='release',
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name='publication',
            name='shown_again',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='version that is shown again'),
        ),
        migrations.AddField(
            model_name='publication',
            name='withdrawal_approved_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='publication',
            name='withdrawn_reason_en',
            field=models.CharField(blank=True, max_length=300, verbose_name='reason of withdrawal in English'),
        ),
        migrations.RunPython(as_the_page_was, migrations.RunPython.noop),
        migrations.CreateModel(
            name='Announcement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                ('at', models.DateTimeField(verbose_name='day and hour')),
                ('contact', models.CharField(max_length=200, verbose_name='contact')),
                ('made_at', models.DateTimeField(verbose_name='announced')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='announced by')),
            ],
            options={
                'verbose_name': 'announced release',
                'verbose_name_plural': 'announced releases',
                'ordering': ['at', 'year'],
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('year',), name='summaries_announcement_once'),
                    models.CheckConstraint(condition=models.Q(('contact', ''), _negated=True), name='summaries_announcement_contact'),
                    models.CheckConstraint(condition=models.Q(('at__gt', models.F('made_at'))), name='summaries_announcement_beforehand'),
                ],
            },
        ),
    ]
