"""Without consent to referral no case is opened but for a child. What was opened before says so, and keeps what it
holds until somebody changes it: nothing is thrown away by an update."""

from django.db import migrations, models
from django.db.models import Q

KNOWN = ['', 'child', 'decision', 'earlier']
GROUNDS = [
    ('child', 'A child: the report of concern has its own ground in law'),
    ('decision', 'Facts only, as the authority has decided'),
    ('earlier', 'Opened before the rule'),
]


def mark(apps, schema_editor):
    alias = schema_editor.connection.alias
    calls = apps.get_model('cases', 'Call').objects.using(alias)
    calls = calls.filter(consent='missing', case__isnull=False)
    apps.get_model('cases', 'Case').objects.using(alias).filter(
        pk__in=calls.order_by().values('case')
    ).update(without_consent='earlier')
    calls.update(without_consent='earlier')


def column(label):
    return models.CharField(blank=True, choices=GROUNDS, default='', editable=False, max_length=10, verbose_name=label)


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0006_who_notifies'),
    ]

    operations = [
        *(
            migrations.AddField(model_name=model, name='without_consent', field=column(label))
            for model, label in (
                ('call', 'a case without consent'),
                ('historicalcall', 'a case without consent'),
                ('case', 'without consent to referral'),
                ('historicalcase', 'without consent to referral'),
            )
        ),
        migrations.RunPython(mark, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.CheckConstraint(
                condition=Q(without_consent__in=KNOWN), name='cases_call_without_consent_known'
            ),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.CheckConstraint(
                condition=~Q(consent='missing') | Q(case__isnull=True) | ~Q(without_consent=''),
                name='cases_call_no_case_without_consent',
            ),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.CheckConstraint(
                condition=~Q(without_consent='child') | Q(girls__gt=0) | Q(boys__gt=0),
                name='cases_call_without_consent_of_child',
            ),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(
                condition=Q(without_consent__in=KNOWN), name='cases_case_without_consent_known'
            ),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(
                condition=Q(without_consent__in=['', 'earlier'])
                | Q(note='', registry_number='', reference='', reference_index=''),
                name='cases_case_facts_only_without_consent',
            ),
        ),
    ]
