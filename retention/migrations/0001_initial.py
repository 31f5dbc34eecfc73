import django.core.validators
import django.db.models.deletion
import simple_history.models
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='HistoricalRetention',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('kind', models.CharField(choices=[('call', 'Calls without a case'), ('case', 'Cases, with their persons, calls and notifications'), ('notification', 'Notifications without a case'), ('import', 'Journals of imports'), ('job', 'Background runs'), ('account', 'Accounts that have ended'), ('event', 'Closed years of the audit log')], db_index=True, max_length=12, verbose_name='what')),
                ('trigger', models.CharField(choices=[('received', 'it came in'), ('closed', 'it was closed, and nothing has changed since'), ('changed', 'it was last changed'), ('ended', 'it ended'), ('signed_in', 'its owner last signed in'), ('year_over', 'the year was over')], max_length=10, verbose_name='counted from the day')),
                ('years', models.PositiveSmallIntegerField(blank=True, help_text='Whole years. Empty: it is kept for good.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(200)], verbose_name='years')),
                ('decision', models.CharField(help_text='By its name, with its date or registry number', max_length=200, verbose_name='decision')),
                ('decided_on', models.DateField(verbose_name='decided on')),
                ('ground', models.CharField(help_text='The law, ordinance or regulation that it rests on', max_length=300, verbose_name='legal ground')),
                ('archive_first', models.BooleanField(default=True, help_text='Its year is archived before anything is disposed of', verbose_name='archived first')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical rule of retention',
                'verbose_name_plural': 'historical rules of retention',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='Retention',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('call', 'Calls without a case'), ('case', 'Cases, with their persons, calls and notifications'), ('notification', 'Notifications without a case'), ('import', 'Journals of imports'), ('job', 'Background runs'), ('account', 'Accounts that have ended'), ('event', 'Closed years of the audit log')], max_length=12, unique=True, verbose_name='what')),
                ('trigger', models.CharField(choices=[('received', 'it came in'), ('closed', 'it was closed, and nothing has changed since'), ('changed', 'it was last changed'), ('ended', 'it ended'), ('signed_in', 'its owner last signed in'), ('year_over', 'the year was over')], max_length=10, verbose_name='counted from the day')),
                ('years', models.PositiveSmallIntegerField(blank=True, help_text='Whole years. Empty: it is kept for good.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(200)], verbose_name='years')),
                ('decision', models.CharField(help_text='By its name, with its date or registry number', max_length=200, verbose_name='decision')),
                ('decided_on', models.DateField(verbose_name='decided on')),
                ('ground', models.CharField(help_text='The law, ordinance or regulation that it rests on', max_length=300, verbose_name='legal ground')),
                ('archive_first', models.BooleanField(default=True, help_text='Its year is archived before anything is disposed of', verbose_name='archived first')),
            ],
            options={
                'verbose_name': 'rule of retention',
                'verbose_name_plural': 'rules of retention',
                'ordering': ['kind'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('kind', 'call'), ('trigger__in', ['received', 'changed'])), models.Q(('kind', 'case'), ('trigger__in', ['closed', 'changed'])), models.Q(('kind', 'notification'), ('trigger__in', ['received', 'changed'])), models.Q(('kind', 'import'), ('trigger__in', ['ended'])), models.Q(('kind', 'job'), ('trigger__in', ['ended'])), models.Q(('kind', 'account'), ('trigger__in', ['signed_in'])), models.Q(('kind', 'event'), ('trigger__in', ['year_over'])), _connector='OR'), name='retention_retention_trigger_fits', violation_error_message='Rows of this kind have no such day: choose another.'), models.CheckConstraint(condition=models.Q(('years__isnull', True), ('years__range', (1, 200)), _connector='OR'), name='retention_retention_years'), models.CheckConstraint(condition=models.Q(models.Q(('decision', ''), _negated=True), models.Q(('ground', ''), _negated=True)), name='retention_retention_decided')],
            },
        ),
        migrations.CreateModel(
            name='Disposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('call', 'Calls without a case'), ('case', 'Cases, with their persons, calls and notifications'), ('notification', 'Notifications without a case'), ('import', 'Journals of imports'), ('job', 'Background runs'), ('account', 'Accounts that have ended'), ('event', 'Closed years of the audit log')], max_length=12, verbose_name='what')),
                ('on', models.DateField(verbose_name='due on')),
                ('trigger', models.CharField(choices=[('received', 'it came in'), ('closed', 'it was closed, and nothing has changed since'), ('changed', 'it was last changed'), ('ended', 'it ended'), ('signed_in', 'its owner last signed in'), ('year_over', 'the year was over')], max_length=10, verbose_name='counted from the day')),
                ('years', models.PositiveSmallIntegerField(verbose_name='years')),
                ('decision', models.CharField(max_length=200, verbose_name='decision')),
                ('decided_on', models.DateField(verbose_name='decided on')),
                ('ground', models.CharField(max_length=300, verbose_name='legal ground')),
                ('archive_first', models.BooleanField(verbose_name='archived first')),
                ('rows', models.PositiveIntegerField(verbose_name='rows')),
                ('by_table', models.JSONField(default=dict)),
                ('by_year', models.JSONField(default=dict)),
                ('closing', models.JSONField(default=dict)),
                ('digest', models.CharField(max_length=64)),
                ('proposed_at', models.DateTimeField(verbose_name='proposed')),
                ('approved_at', models.DateTimeField(null=True, verbose_name='approved')),
                ('carried_out_at', models.DateTimeField(null=True, verbose_name='carried out')),
                ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by')),
                ('carried_out_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='carried out by')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='proposed by')),
            ],
            options={
                'verbose_name': 'disposal',
                'verbose_name_plural': 'disposals',
                'ordering': ['-proposed_at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('approved_by__isnull', True), ('carried_out_at__isnull', True), ('carried_out_by__isnull', True)), models.Q(('approved_by__isnull', False), ('carried_out_at__isnull', False), ('carried_out_by__isnull', False), ('approved_at__isnull', False), models.Q(('approved_by', models.F('proposed_by')), _negated=True), models.Q(('approved_by', models.F('carried_out_by')), _negated=True)), _connector='OR'), name='retention_disposal_by_two'), models.CheckConstraint(condition=models.Q(models.Q(('decision', ''), _negated=True), models.Q(('ground', ''), _negated=True), models.Q(('digest', ''), _negated=True)), name='retention_disposal_decided')],
            },
        ),
    ]
