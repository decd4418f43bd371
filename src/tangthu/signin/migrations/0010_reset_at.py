"""When somebody else last reset how an account proves itself; a column without a default value,
which takes no time however many accounts there are."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("signin", "0009_providerlink")]

    operations = [
        migrations.AddField(
            model_name="signinstate",
            name="reset_at",
            field=models.DateTimeField(null=True),
        ),
    ]
