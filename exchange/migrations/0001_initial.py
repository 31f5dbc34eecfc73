import django.db.models.deletion
import encryption.fields
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
            name='ExportFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField(db_index=True)),
                ('kind', models.CharField(max_length=40)),
                ('of', models.CharField(max_length=60)),
                ('form', models.CharField(max_length=10)),
                ('release', models.CharField(blank=True, max_length=20)),
                ('language', models.CharField(max_length=5)),
                ('query', models.JSONField(default=dict)),
                ('page', models.CharField(max_length=500)),
                ('purpose', encryption.fields.SecretTextField(blank=True, verbose_name='purpose')),
                ('reason', encryption.fields.SecretTextField(blank=True, verbose_name='reason')),
                ('manifest', models.JSONField(default=dict)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'exported file',
                'verbose_name_plural': 'exported files',
            },
        ),
        migrations.CreateModel(
            name='ImportUpload',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField(db_index=True)),
                ('importer', models.CharField(max_length=40)),
                ('name', encryption.fields.SecretTextField(blank=True, verbose_name='file name')),
                ('content', encryption.fields.SecretFileField()),
                ('read', encryption.fields.SecretFileField(default=b'')),
                ('preview', encryption.fields.SecretFileField(default=b'')),
                ('fingerprint', models.CharField(blank=True, max_length=64)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'waiting import',
                'verbose_name_plural': 'waiting imports',
            },
        ),
        migrations.CreateModel(
            name='ExportPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField()),
                ('content', encryption.fields.SecretFileField(bound_to=('file', 'position'))),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='exchange.exportfile')),
            ],
            options={
                'ordering': ['file', 'position'],
                'constraints': [models.UniqueConstraint(fields=('file', 'position'), name='exchange_exportpart_once')],
            },
        ),
        migrations.CreateModel(
            name='HeadingMap',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('importer', models.CharField(max_length=40)),
                ('headings', encryption.fields.SecretTextField(default='', verbose_name='headings')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'headings of a sender',
                'verbose_name_plural': 'headings of senders',
                'constraints': [models.UniqueConstraint(fields=('owner', 'importer'), name='exchange_headingmap_once')],
            },
        ),
        migrations.CreateModel(
            name='ImportRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('importer', models.CharField(max_length=40)),
                ('code', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('name', encryption.fields.SecretTextField(blank=True, default='', verbose_name='file name')),
                ('at', models.DateTimeField(verbose_name='time')),
                ('new', models.PositiveIntegerField(verbose_name='new')),
                ('changed', models.PositiveIntegerField(verbose_name='changed')),
                ('unchanged', models.PositiveIntegerField(verbose_name='unchanged')),
                ('failed', models.PositiveIntegerField(verbose_name='left out')),
                ('digest', models.CharField(max_length=64)),
                ('journal', encryption.fields.SecretFileField()),
                ('undone_at', models.DateTimeField(blank=True, null=True, verbose_name='undone')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='imported by')),
                ('undone_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='undone by')),
            ],
            options={
                'verbose_name': 'import',
                'verbose_name_plural': 'imports',
                'ordering': ['-at', '-pk'],
                'indexes': [models.Index(fields=['by', 'importer', '-at'], name='exchange_importrun_latest')],
            },
        ),
    ]
