import django.db.models.deletion
import sealing.secret_text
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
                ('purpose', sealing.secret_text.SecretTextField(blank=True, verbose_name='purpose')),
                ('reason', sealing.secret_text.SecretTextField(blank=True, verbose_name='reason')),
                ('manifest', models.JSONField(default=dict)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'exported file',
                'verbose_name_plural': 'exported files',
            },
        ),
        migrations.CreateModel(
            name='ListUpload',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField(db_index=True)),
                ('content', models.BinaryField()),
                ('preview', models.BinaryField(default=b'')),
                ('fingerprint', models.CharField(blank=True, max_length=64)),
                ('resource', models.CharField(max_length=40)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'waiting import',
                'verbose_name_plural': 'waiting imports',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ExportPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField()),
                ('content', models.BinaryField()),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='exchange.exportfile')),
            ],
            options={
                'ordering': ['file', 'position'],
                'constraints': [models.UniqueConstraint(fields=('file', 'position'), name='exchange_exportpart_once')],
            },
        ),
        migrations.CreateModel(
            name='ListRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('at', models.DateTimeField(verbose_name='time')),
                ('new', models.PositiveIntegerField(verbose_name='new')),
                ('changed', models.PositiveIntegerField(verbose_name='changed')),
                ('unchanged', models.PositiveIntegerField(verbose_name='unchanged')),
                ('failed', models.PositiveIntegerField(verbose_name='left out')),
                ('digest', models.CharField(max_length=64)),
                ('journal', models.BinaryField()),
                ('undone_at', models.DateTimeField(blank=True, null=True, verbose_name='undone')),
                ('resource', models.CharField(max_length=40)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='imported by')),
                ('undone_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='undone by')),
            ],
            options={
                'verbose_name': 'import of a list',
                'verbose_name_plural': 'imports of lists',
                'ordering': ['-at', '-pk'],
                'abstract': False,
                'indexes': [models.Index(fields=['by', 'resource', '-at'], name='exchange_listrun_latest')],
            },
        ),
    ]
