import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0009_reviews'),
    ]

    operations = [
        migrations.CreateModel(
            name='BoundEid',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(max_length=64, unique=True)),
                ('owner', models.CharField(max_length=64)),
                ('bound_at', models.DateTimeField(verbose_name='connected')),
                ('used_at', models.DateTimeField(null=True, verbose_name='used')),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='eid', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'connected e-ID',
                'verbose_name_plural': 'connected e-IDs',
            },
        ),
    ]
