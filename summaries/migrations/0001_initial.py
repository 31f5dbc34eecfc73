import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import simple_history.models
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('agencies', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='HistoricalFigure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                ('measure', models.CharField(help_text='persons, accompanying_children, purpose, citizenship', max_length=30, verbose_name='measure')),
                ('group', models.CharField(max_length=30, verbose_name='group')),
                ('value', models.PositiveIntegerField(verbose_name='value')),
                ('status', models.CharField(choices=[('published', 'published'), ('calculated', 'calculated from published figures'), ('unverified', 'unverified')], max_length=12, verbose_name='status')),
                ('source', models.CharField(blank=True, max_length=200, verbose_name='source')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='note')),
            ],
            options={
                'verbose_name': 'historical figure',
                'verbose_name_plural': 'historical figures',
                'ordering': ['year', 'measure', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('year', 'measure', 'group'), name='summaries_historicalfigure_once'), models.CheckConstraint(condition=models.Q(('status__in', ['published', 'calculated', 'unverified'])), name='summaries_historicalfigure_status_known')],
            },
        ),
        migrations.CreateModel(
            name='HistoricalHistoricalFigure',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                ('measure', models.CharField(help_text='persons, accompanying_children, purpose, citizenship', max_length=30, verbose_name='measure')),
                ('group', models.CharField(max_length=30, verbose_name='group')),
                ('value', models.PositiveIntegerField(verbose_name='value')),
                ('status', models.CharField(choices=[('published', 'published'), ('calculated', 'calculated from published figures'), ('unverified', 'unverified')], max_length=12, verbose_name='status')),
                ('source', models.CharField(blank=True, max_length=200, verbose_name='source')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='note')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical historical figure',
                'verbose_name_plural': 'historical historical figures',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalJusticeFigure',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                ('kind', models.CharField(choices=[('reported', 'offences reported'), ('suspected', 'persons suspected'), ('prosecuted', 'persons prosecuted'), ('convicted', 'persons convicted'), ('decision', 'decisions to prosecute'), ('judgment', 'court judgments')], max_length=10, verbose_name='what is counted')),
                ('breakdown', models.CharField(blank=True, help_text='such as sex:F or child:yes', max_length=60, validators=[django.core.validators.RegexValidator('^[a-z_]+:[\\w+-]+(\\|[a-z_]+:[\\w+-]+)*$', 'Write it as sex:F, several parted by |.')], verbose_name='breakdown')),
                ('value', models.PositiveIntegerField(verbose_name='value')),
                ('source', models.CharField(max_length=200, verbose_name='source')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='note')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('offence', models.ForeignKey(blank=True, db_constraint=False, limit_choices_to={'list': 'offence'}, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='agencies.code', verbose_name='offence')),
            ],
            options={
                'verbose_name': 'historical justice figure',
                'verbose_name_plural': 'historical justice figures',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalPopulation',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                ('sex', models.CharField(choices=[('T', 'both sexes'), ('F', 'female'), ('M', 'male')], default='T', max_length=1, verbose_name='sex')),
                ('age', models.CharField(choices=[('total', 'all ages'), ('0-17', '0–17'), ('18+', '18+')], default='total', max_length=5, verbose_name='age group')),
                ('number', models.PositiveIntegerField(verbose_name='residents')),
                ('source', models.CharField(blank=True, max_length=200, verbose_name='source')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('county', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='agencies.county', verbose_name='county')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical population',
                'verbose_name_plural': 'historical populations',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='Publication',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                ('version', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='version')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('protected', 'Protected'), ('tested', 'Tested'), ('preliminary', 'Preliminary'), ('final', 'Final'), ('revised', 'Revised'), ('withdrawn', 'Withdrawn')], default='draft', max_length=12, verbose_name='state')),
                ('k', models.PositiveSmallIntegerField(default=5, verbose_name='threshold')),
                ('steps', models.JSONField(blank=True, default=dict, verbose_name='coarser categories')),
                ('tables', models.JSONField(blank=True, default=list)),
                ('sealed', models.TextField(blank=True)),
                ('audit', models.JSONField(blank=True, default=dict, verbose_name='attack test')),
                ('passed', models.BooleanField(default=False, verbose_name='attack test passed')),
                ('digest', models.CharField(blank=True, max_length=64)),
                ('texts', models.JSONField(blank=True, default=dict, verbose_name='texts')),
                ('content', models.JSONField(blank=True, default=dict)),
                ('checksum', models.CharField(blank=True, max_length=64)),
                ('software', models.CharField(blank=True, max_length=20, verbose_name='software version')),
                ('made_at', models.DateTimeField(blank=True, null=True, verbose_name='figures of')),
                ('published_at', models.DateTimeField(blank=True, null=True, verbose_name='published')),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='withdrawn')),
                ('withdrawn_reason', models.CharField(blank=True, max_length=300, verbose_name='reason of withdrawal')),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('published_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('withdrawn_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'publication',
                'verbose_name_plural': 'publications',
                'ordering': ['-year', '-version'],
            },
        ),
        migrations.CreateModel(
            name='PublicationFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(max_length=2)),
                ('kind', models.CharField(max_length=4)),
                ('content', models.BinaryField()),
                ('size', models.PositiveIntegerField()),
                ('publication', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='summaries.publication')),
            ],
            options={
                'verbose_name': 'file of a publication',
                'verbose_name_plural': 'files of publications',
            },
        ),
        migrations.CreateModel(
            name='Estimate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_year', models.PositiveSmallIntegerField(verbose_name='from year')),
                ('last_year', models.PositiveSmallIntegerField(verbose_name='to year')),
                ('grouping', models.JSONField(verbose_name='list of each agency')),
                ('digest', models.CharField(max_length=64)),
                ('replicates', models.PositiveIntegerField()),
                ('seed', models.PositiveIntegerField(default=1)),
                ('verdict', models.CharField(max_length=10, verbose_name='verdict')),
                ('result', models.JSONField()),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'estimate of the dark figure',
                'verbose_name_plural': 'estimates of the dark figure',
                'ordering': ['-at'],
                'constraints': [models.UniqueConstraint(fields=('first_year', 'last_year', 'digest', 'replicates', 'seed'), name='summaries_estimate_once'), models.CheckConstraint(condition=models.Q(('verdict__in', ['publish', 'internal', 'refuse'])), name='summaries_estimate_verdict_known'), models.CheckConstraint(condition=models.Q(('last_year__gte', models.F('first_year'))), name='summaries_estimate_years_in_order')],
            },
        ),
        migrations.CreateModel(
            name='Exemption',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='year')),
                ('table', models.CharField(max_length=30, verbose_name='table')),
                ('reason', models.CharField(max_length=300, verbose_name='reason')),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='asked')),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='answered')),
                ('approved', models.BooleanField(default=False, verbose_name='approved')),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'exemption from disclosure control',
                'verbose_name_plural': 'exemptions from disclosure control',
                'ordering': ['-asked_at'],
                'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='summaries_exemption_reason'), models.CheckConstraint(condition=models.Q(('asked_by__isnull', True), ('answered_by__isnull', True), models.Q(('asked_by', models.F('answered_by')), _negated=True), _connector='OR'), name='summaries_exemption_two_persons'), models.CheckConstraint(condition=models.Q(('year__isnull', True), ('approved', False), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False), ('asked_by__isnull', False)), _connector='OR'), name='summaries_exemption_approved_by_somebody'), models.UniqueConstraint(condition=models.Q(('year__isnull', True)), fields=('table',), name='summaries_exemption_standing_once')],
            },
        ),
        migrations.CreateModel(
            name='JusticeFigure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                ('kind', models.CharField(choices=[('reported', 'offences reported'), ('suspected', 'persons suspected'), ('prosecuted', 'persons prosecuted'), ('convicted', 'persons convicted'), ('decision', 'decisions to prosecute'), ('judgment', 'court judgments')], max_length=10, verbose_name='what is counted')),
                ('breakdown', models.CharField(blank=True, help_text='such as sex:F or child:yes', max_length=60, validators=[django.core.validators.RegexValidator('^[a-z_]+:[\\w+-]+(\\|[a-z_]+:[\\w+-]+)*$', 'Write it as sex:F, several parted by |.')], verbose_name='breakdown')),
                ('value', models.PositiveIntegerField(verbose_name='value')),
                ('source', models.CharField(max_length=200, verbose_name='source')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='note')),
                ('offence', models.ForeignKey(blank=True, limit_choices_to={'list': 'offence'}, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.code', verbose_name='offence')),
            ],
            options={
                'verbose_name': 'justice figure',
                'verbose_name_plural': 'justice figures',
                'ordering': ['year', 'kind', 'breakdown'],
                'constraints': [models.UniqueConstraint(fields=('year', 'kind', 'offence', 'breakdown'), name='summaries_justicefigure_once'), models.UniqueConstraint(condition=models.Q(('offence__isnull', True)), fields=('year', 'kind', 'breakdown'), name='summaries_justicefigure_all_offences_once'), models.CheckConstraint(condition=models.Q(('kind__in', ['reported', 'suspected', 'prosecuted', 'convicted', 'decision', 'judgment'])), name='summaries_justicefigure_kind_known'), models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='summaries_justicefigure_source')],
            },
        ),
        migrations.CreateModel(
            name='Population',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                ('sex', models.CharField(choices=[('T', 'both sexes'), ('F', 'female'), ('M', 'male')], default='T', max_length=1, verbose_name='sex')),
                ('age', models.CharField(choices=[('total', 'all ages'), ('0-17', '0–17'), ('18+', '18+')], default='total', max_length=5, verbose_name='age group')),
                ('number', models.PositiveIntegerField(verbose_name='residents')),
                ('source', models.CharField(blank=True, max_length=200, verbose_name='source')),
                ('county', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.county', verbose_name='county')),
            ],
            options={
                'verbose_name': 'population',
                'verbose_name_plural': 'populations',
                'ordering': ['year', 'sex', 'age'],
                'constraints': [models.UniqueConstraint(fields=('year', 'sex', 'age', 'county'), name='summaries_population_once'), models.UniqueConstraint(condition=models.Q(('county__isnull', True)), fields=('year', 'sex', 'age'), name='summaries_population_country_once'), models.CheckConstraint(condition=models.Q(('sex__in', ['T', 'F', 'M'])), name='summaries_population_sex_known'), models.CheckConstraint(condition=models.Q(('age__in', ['total', '0-17', '18+'])), name='summaries_population_age_known')],
            },
        ),
        migrations.AddConstraint(
            model_name='publication',
            constraint=models.UniqueConstraint(fields=('year', 'version'), name='summaries_publication_version_once'),
        ),
        migrations.AddConstraint(
            model_name='publication',
            constraint=models.UniqueConstraint(condition=models.Q(('version__isnull', True)), fields=('year',), name='summaries_publication_one_draft'),
        ),
        migrations.AddConstraint(
            model_name='publication',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['draft', 'protected', 'tested']), ('version__isnull', True)), models.Q(('state__in', ['preliminary', 'final', 'revised', 'withdrawn']), ('version__gte', 1)), _connector='OR'), name='summaries_publication_state_fits'),
        ),
        migrations.AddConstraint(
            model_name='publication',
            constraint=models.CheckConstraint(condition=models.Q(('version__isnull', True), models.Q(('passed', True), models.Q(('digest', ''), _negated=True), models.Q(('checksum', ''), _negated=True)), _connector='OR'), name='summaries_publication_only_tested'),
        ),
        migrations.AddConstraint(
            model_name='publication',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'withdrawn'), _negated=True), models.Q(('withdrawn_reason', ''), _negated=True), _connector='OR'), name='summaries_publication_withdrawn_why'),
        ),
        migrations.AddConstraint(
            model_name='publicationfile',
            constraint=models.UniqueConstraint(fields=('publication', 'language', 'kind'), name='summaries_publicationfile_once'),
        ),
        migrations.AddConstraint(
            model_name='publicationfile',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['csv', 'json', 'xlsx', 'pdf']), ('language__in', ['sv', 'en'])), name='summaries_publicationfile_kind_known'),
        ),
    ]
