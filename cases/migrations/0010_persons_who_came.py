from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0003_imports_of_lists'),
        ('cases', '0008_persons_who_moved'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='person',
            index=models.Index(condition=models.Q(('moved', True)), fields=['responsible_region', 'case'], name='cases_person_came'),
        ),
    ]
