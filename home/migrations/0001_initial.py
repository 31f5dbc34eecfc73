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
            name='Visit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seen', models.DateTimeField()),
                ('since', models.DateTimeField(blank=True, null=True)),
                ('first_day_over', models.DateTimeField(blank=True, null=True)),
                ('guide_read', models.DateTimeField(blank=True, null=True)),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'last visit',
                'verbose_name_plural': 'last visits',
            },
        ),
        migrations.CreateModel(
            name='LineNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('text', encryption.fields.SecretTextField(verbose_name='note')),
                ('until', models.DateField(verbose_name='last day')),
                ('written_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'handover note of the line',
                'verbose_name_plural': 'handover notes of the line',
                'ordering': ['-written_at', '-pk'],
                'indexes': [models.Index(models.F('until'), condition=models.Q(('ended_at__isnull', True)), name='desk_linenote_current')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('ended_by__isnull', True)), models.Q(('ended_at__isnull', False), ('ended_by__isnull', False)), _connector='OR'), name='desk_linenote_ended_by_somebody')],
            },
        ),
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('count', models.PositiveIntegerField()),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'reminder',
                'verbose_name_plural': 'reminders',
                'indexes': [models.Index(condition=models.Q(('sent_at__isnull', True)), fields=['sent_at'], name='desk_reminder_unsent')],
                'constraints': [models.UniqueConstraint(fields=('user', 'day'), name='desk_reminder_once_a_day')],
            },
        ),
    ]
