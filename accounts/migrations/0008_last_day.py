from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0007_terms'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='ends_on',
            field=models.DateField(blank=True, help_text='The last day on which the account signs in. Empty: until somebody ends it.', null=True, verbose_name='last day'),
        ),
    ]
