import django.db.models.deletion
import encryption.fields
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('agencies', '0001_initial'),
        ('exchange', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='SpreadsheetMapping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('answers', encryption.fields.SecretTextField(blank=True, default='', verbose_name='answers')),
                ('used_at', models.DateTimeField(verbose_name='last used')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made by')),
                ('regions', models.ManyToManyField(related_name='+', to='agencies.region', verbose_name='regions')),
            ],
            options={
                'verbose_name': 'mapping of spreadsheets',
                'verbose_name_plural': 'mappings of spreadsheets',
                'ordering': ['name', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('by', 'name'), name='legacy_import_mapping_named_once')],
            },
        ),
        migrations.CreateModel(
            name='TakeOver',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('name', encryption.fields.SecretTextField(verbose_name='file name')),
                ('digest', models.CharField(max_length=64)),
                ('at', models.DateTimeField(verbose_name='time')),
                ('expires_at', models.DateTimeField(db_index=True)),
                ('pages', encryption.fields.SecretFileField(default=b'')),
                ('answers', encryption.fields.SecretTextField(blank=True, default='', verbose_name='answers')),
                ('told', encryption.fields.SecretFileField(default=b'')),
                ('version', models.PositiveIntegerField(default=0)),
                ('confirmed_at', models.DateTimeField(blank=True, null=True, verbose_name='seen what is left behind')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='uploaded by')),
                ('confirmed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='seen by')),
                ('mapping', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='legacy_import.spreadsheetmapping', verbose_name='mapping of spreadsheets')),
                ('regions', models.ManyToManyField(related_name='+', to='agencies.region', verbose_name='regions')),
            ],
            options={
                'verbose_name': 'imported spreadsheet',
                'verbose_name_plural': 'imported spreadsheets',
                'ordering': ['-at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at__isnull', True), ('confirmed_by__isnull', True)), models.Q(('confirmed_at__isnull', False), ('confirmed_by__isnull', False)), _connector='OR'), name='legacy_import_takeover_confirmed_by_somebody')],
            },
        ),
        migrations.CreateModel(
            name='TakenSheet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('name', encryption.fields.SecretTextField(verbose_name='sheet')),
                ('told', encryption.fields.SecretFileField(default=b'')),
                ('rows', encryption.fields.SecretFileField(default=b'')),
                ('run', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exchange.importrun')),
                ('of', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sheets', to='legacy_import.takeover')),
            ],
            options={
                'verbose_name': 'sheet taken in',
                'verbose_name_plural': 'sheets taken in',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Explanation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                ('number', models.PositiveSmallIntegerField(editable=False, verbose_name='number')),
                ('kind', models.CharField(choices=[('not_victim', 'not a victim'), ('two_regions', 'counted twice, in two regions'), ('two_years', 'counted twice, in two years'), ('twice', 'counted twice in one sheet'), ('accompanying', 'an accompanying child, who is counted apart'), ('year', 'the year is not known'), ('missing', 'no row is about them'), ('other', 'something else'), ('withdrawn', 'taken back')], max_length=12, verbose_name='reason')),
                ('group', models.CharField(choices=[('*', 'all, or not known'), ('women', 'women'), ('men', 'men'), ('girls', 'girls'), ('boys', 'boys'), ('other_unknown', 'other or unknown sex')], default='*', max_length=13, verbose_name='group')),
                ('persons', models.SmallIntegerField(help_text='how many more the other total counts; less than 0 where it counts fewer', verbose_name='persons')),
                ('places', encryption.fields.SecretTextField(blank=True, verbose_name='rows')),
                ('note', encryption.fields.SecretTextField(blank=True, verbose_name='in words')),
                ('at', models.DateTimeField(verbose_name='time')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='answered by')),
                ('region', models.ForeignKey(blank=True, help_text='empty: between all sheets and what was published', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.region', verbose_name='region')),
                ('replaces', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='legacy_import.explanation', verbose_name='takes the place of')),
            ],
            options={
                'verbose_name': 'explanation',
                'verbose_name_plural': 'explanations',
                'ordering': ['year', 'region', 'number'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('region__isnull', False)), fields=('year', 'region', 'number'), name='legacy_import_explanation_next_of_region'), models.UniqueConstraint(condition=models.Q(('region__isnull', True)), fields=('year', 'number'), name='legacy_import_explanation_next_of_country'), models.CheckConstraint(condition=models.Q(('year__gte', 1990), ('year__lte', 2100)), name='legacy_import_explanation_year'), models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='legacy_import_explanation_numbered'), models.CheckConstraint(condition=models.Q(('kind__in', ['not_victim', 'two_regions', 'two_years', 'twice', 'accompanying', 'year', 'missing', 'other', 'withdrawn'])), name='legacy_import_explanation_kind_known'), models.CheckConstraint(condition=models.Q(('group__in', ['*', 'women', 'men', 'girls', 'boys', 'other_unknown'])), name='legacy_import_explanation_group_known'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'withdrawn'), ('persons', 0), ('replaces__isnull', False)), models.Q(models.Q(('kind', 'withdrawn'), _negated=True), models.Q(('persons', 0), _negated=True)), _connector='OR'), name='legacy_import_explanation_explains_somebody'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'other'), _negated=True), models.Q(('note', ''), _negated=True), _connector='OR'), name='legacy_import_explanation_other_in_words')],
            },
        ),
        migrations.CreateModel(
            name='SheetFigure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                ('file', encryption.fields.SecretTextField(blank=True, verbose_name='file name')),
                ('sheet', encryption.fields.SecretTextField(verbose_name='sheet')),
                ('position', models.PositiveSmallIntegerField()),
                ('told', models.PositiveIntegerField(verbose_name='persons in its rows')),
                ('said', models.PositiveIntegerField(blank=True, null=True, verbose_name='its own total')),
                ('reasons', encryption.fields.SecretTextField(blank=True, verbose_name='may explain a difference')),
                ('at', models.DateTimeField(verbose_name='time')),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.region', verbose_name='region')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exchange.importrun', verbose_name='import')),
            ],
            options={
                'verbose_name': 'total of a sheet',
                'verbose_name_plural': 'totals of sheets',
                'ordering': ['year', 'region', 'position', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('run', 'position'), name='legacy_import_sheetfigure_once'), models.CheckConstraint(condition=models.Q(('year__gte', 1990), ('year__lte', 2100)), name='legacy_import_sheetfigure_year')],
            },
        ),
    ]
