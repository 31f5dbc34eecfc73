import django.db.models.deletion
import django.db.models.functions.text
import encryption.fields
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('email', models.EmailField(max_length=254, unique=True, verbose_name='e-mail')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('role', models.CharField(choices=[('operator', 'Support-line operator'), ('coordinator', 'Regional coordinator'), ('officer', 'Agency officer'), ('analyst', 'Analyst'), ('manager', 'Manager'), ('administrator', 'Administrator'), ('dpo', 'Data protection officer')], max_length=20, verbose_name='role')),
                ('language', models.CharField(blank=True, max_length=5, verbose_name='language')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('ends_on', models.DateField(blank=True, help_text='The last day on which the account can sign in. Empty: until somebody ends it.', null=True, verbose_name='last day')),
                ('daily_letter', models.BooleanField(default=True, verbose_name='daily e-mail')),
                ('at_once_from', models.DateTimeField(blank=True, null=True, verbose_name='immediate e-mails since')),
                ('date_joined', models.DateTimeField(auto_now_add=True, verbose_name='since')),
            ],
            options={
                'verbose_name': 'user',
                'verbose_name_plural': 'users',
                'ordering': ['email'],
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='accounts_user_email_once'), models.CheckConstraint(condition=models.Q(('role__in', ['operator', 'coordinator', 'officer', 'analyst', 'manager', 'administrator', 'dpo'])), name='accounts_user_role_known')],
            },
        ),
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
                'constraints': [models.CheckConstraint(condition=models.Q(('user', models.F('by')), _negated=True), name='accounts_accountreview_by_another', violation_error_message='Nobody reviews their own account.'), models.CheckConstraint(condition=models.Q(('answer__in', ['stays', 'ends'])), name='accounts_accountreview_answer_known')],
            },
        ),
        migrations.CreateModel(
            name='Approval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('act', models.CharField(max_length=40, verbose_name='act')),
                ('target_kind', models.CharField(blank=True, max_length=60)),
                ('target_id', models.CharField(blank=True, max_length=60)),
                ('target_label', models.CharField(blank=True, max_length=100, verbose_name='what it is about')),
                ('digest', models.CharField(blank=True, max_length=64)),
                ('payload', models.JSONField(blank=True, default=dict, editable=False)),
                ('reason', encryption.fields.SecretTextField(verbose_name='reason')),
                ('asked_at', models.DateTimeField(verbose_name='asked')),
                ('answer', models.CharField(choices=[('pending', 'waits for an answer'), ('given', 'approved'), ('declined', 'declined'), ('withdrawn', 'withdrawn')], default='pending', max_length=10, verbose_name='answer')),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='answered')),
                ('answer_reason', encryption.fields.SecretTextField(blank=True, verbose_name='reason of the answer')),
                ('used_at', models.DateTimeField(blank=True, null=True, verbose_name='carried out')),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='answered by')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='approvals_asked', to=settings.AUTH_USER_MODEL, verbose_name='asked by')),
            ],
            options={
                'verbose_name': 'approval by a second person',
                'verbose_name_plural': 'approvals by a second person',
                'ordering': ['-asked_at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('answered_by__isnull', True), ('answer', 'withdrawn'), models.Q(('asked_by', models.F('answered_by')), _negated=True), _connector='OR'), name='accounts_approval_two_persons', violation_error_message='Nobody answers their own request.'), models.CheckConstraint(condition=models.Q(models.Q(('answer', 'pending'), ('answered_at__isnull', True), ('answered_by__isnull', True)), models.Q(('answer__in', ['given', 'declined', 'withdrawn']), ('answered_at__isnull', False), ('answered_by__isnull', False)), _connector='OR'), name='accounts_approval_answered_by_somebody'), models.UniqueConstraint(condition=models.Q(('answer', 'pending')), fields=('act', 'target_kind', 'target_id'), name='accounts_approval_pending_once')],
            },
        ),
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('key', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('count', models.PositiveIntegerField(verbose_name='number')),
                ('until', models.DateTimeField(db_index=True)),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'attempts',
                'verbose_name_plural': 'attempts',
            },
        ),
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
        migrations.CreateModel(
            name='CalendarAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hashed', models.CharField(max_length=64, unique=True)),
                ('made_at', models.DateTimeField(verbose_name='made')),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='calendar_address', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'address of a calendar',
                'verbose_name_plural': 'addresses of calendars',
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40)),
                ('label', models.CharField(blank=True, max_length=120)),
                ('link', models.CharField(blank=True, max_length=200)),
                ('at', models.DateTimeField(verbose_name='time')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notices', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'notice',
                'verbose_name_plural': 'notices',
                'ordering': ['-at', '-pk'],
                'indexes': [models.Index(fields=['user', '-at'], name='accounts_notice_newest')],
            },
        ),
        migrations.CreateModel(
            name='Opening',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hashed', models.CharField(max_length=200)),
                ('tries', models.PositiveSmallIntegerField(default=0, verbose_name='wrong codes')),
                ('made_at', models.DateTimeField(verbose_name='made')),
                ('opened_at', models.DateTimeField(null=True, verbose_name='opened')),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='shown to')),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='opening', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'opening of an account',
                'verbose_name_plural': 'openings of accounts',
            },
        ),
        migrations.CreateModel(
            name='Remembered',
            fields=[
                ('key', models.CharField(max_length=250, primary_key=True, serialize=False)),
                ('value', models.TextField()),
                ('until', models.DateTimeField(db_index=True, null=True)),
            ],
            options={
                'verbose_name': 'remembered value',
                'verbose_name_plural': 'remembered values',
            },
        ),
        migrations.CreateModel(
            name='SentForm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.UUIDField()),
                ('made', models.BigIntegerField(null=True)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('sender', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('sender', 'token'), name='accounts_sentform_once')],
            },
        ),
        migrations.CreateModel(
            name='TermsAccepted',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveSmallIntegerField(verbose_name='version')),
                ('at', models.DateTimeField(verbose_name='time')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='terms_accepted', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'accepted terms',
                'verbose_name_plural': 'accepted terms',
                'ordering': ['-version'],
                'constraints': [models.UniqueConstraint(fields=('user', 'version'), name='accounts_termsaccepted_once'), models.CheckConstraint(condition=models.Q(('version__gte', 1)), name='accounts_termsaccepted_version_real')],
            },
        ),
        migrations.CreateModel(
            name='UrgentLetter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('about', models.CharField(max_length=60)),
                ('at', models.DateTimeField(verbose_name='time')),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='sent')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'immediate e-mail',
                'verbose_name_plural': 'immediate e-mails',
                'indexes': [models.Index(condition=models.Q(('sent_at__isnull', True)), fields=['at'], name='accounts_urgentletter_unsent')],
                'constraints': [models.UniqueConstraint(fields=('user', 'about'), name='accounts_urgentletter_once')],
            },
        ),
    ]
