"""When a password of one's own took the place of one that somebody else gave; a column without a
default value, which takes no time however many accounts there are."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("signin", "0013_who_knew")]

    operations = [
        migrations.AddField(
            model_name="signinstate",
            name="own_since",
            field=models.DateTimeField(null=True),
        ),
    ]
