import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Article',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(help_text='The end of its address', max_length=60, unique=True, verbose_name='key')),
                ('title_sv', models.CharField(max_length=120, verbose_name='title in Swedish')),
                ('title_en', models.CharField(max_length=120, verbose_name='title in English')),
                ('text_sv', models.CharField(max_length=8000, verbose_name='text in Swedish')),
                ('text_en', models.CharField(max_length=8000, verbose_name='text in English')),
                ('topics', models.CharField(blank=True, max_length=400, verbose_name='topics of calls')),
                ('counties', models.CharField(blank=True, max_length=120, verbose_name='counties')),
                ('sources', models.CharField(blank=True, max_length=400, verbose_name='sources')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('valid_from', models.DateField(blank=True, null=True, verbose_name='valid from')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='valid to')),
                ('reviewed_on', models.DateField(blank=True, help_text='Empty: to be reviewed by the authority', null=True, verbose_name='reviewed on')),
            ],
            options={
                'verbose_name': 'article',
                'verbose_name_plural': 'articles',
                'ordering': ['position', 'key'],
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_from__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='knowledge_article_dates_in_order', violation_error_message='The last day is before the first.')],
            },
        ),
        migrations.CreateModel(
            name='HistoricalArticle',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('key', models.SlugField(help_text='The end of its address', max_length=60, verbose_name='key')),
                ('title_sv', models.CharField(max_length=120, verbose_name='title in Swedish')),
                ('title_en', models.CharField(max_length=120, verbose_name='title in English')),
                ('text_sv', models.CharField(max_length=8000, verbose_name='text in Swedish')),
                ('text_en', models.CharField(max_length=8000, verbose_name='text in English')),
                ('topics', models.CharField(blank=True, max_length=400, verbose_name='topics of calls')),
                ('counties', models.CharField(blank=True, max_length=120, verbose_name='counties')),
                ('sources', models.CharField(blank=True, max_length=400, verbose_name='sources')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('valid_from', models.DateField(blank=True, null=True, verbose_name='valid from')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='valid to')),
                ('reviewed_on', models.DateField(blank=True, help_text='Empty: to be reviewed by the authority', null=True, verbose_name='reviewed on')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical article',
                'verbose_name_plural': 'historical articles',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalRemark',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('key', models.SlugField(max_length=60, verbose_name='key')),
                ('text_sv', models.CharField(max_length=600, verbose_name='text in Swedish')),
                ('text_en', models.CharField(max_length=600, verbose_name='text in English')),
                ('sources', models.CharField(blank=True, max_length=400, verbose_name='sources')),
                ('reviewed_on', models.DateField(blank=True, help_text='Empty: to be reviewed by the authority', null=True, verbose_name='reviewed on')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical text beside the figures',
                'verbose_name_plural': 'historical texts beside the figures',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='Remark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=60, unique=True, verbose_name='key')),
                ('text_sv', models.CharField(max_length=600, verbose_name='text in Swedish')),
                ('text_en', models.CharField(max_length=600, verbose_name='text in English')),
                ('sources', models.CharField(blank=True, max_length=400, verbose_name='sources')),
                ('reviewed_on', models.DateField(blank=True, help_text='Empty: to be reviewed by the authority', null=True, verbose_name='reviewed on')),
            ],
            options={
                'verbose_name': 'text beside the figures',
                'verbose_name_plural': 'texts beside the figures',
                'ordering': ['pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('text_sv', ''), _negated=True), models.Q(('text_en', ''), _negated=True)), name='knowledge_remark_says_something')],
            },
        ),
    ]
