import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0008_last_day'),
    ]

    operations = [
        migrations.CreateModel(
            name='AccountReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='time')),
                ('answer', models.CharField(choices=[('stays', 'stays'), ('ends', 'ends')], max_length=10, verbose_name='answer')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='reviewed by')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'review of an account',
                'verbose_name_plural': 'reviews of accounts',
                'ordering': ['-at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('user', models.F('by')), _negated=True), name='accounts_accountreview_by_another', violation_error_message='Nobody reviews the own account.'), models.CheckConstraint(condition=models.Q(('answer__in', ['stays', 'ends'])), name='accounts_accountreview_answer_known')],
            },
        ),
    ]
