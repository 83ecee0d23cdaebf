"""What search keeps of concerns holds the speakers' own names no more: `tongxin prepare` makes it anew."""

from django.db import migrations


def empty(apps, schema_editor):
    apps.get_model("kernel", "SearchDocument").objects.filter(record_type="concerns.concern").delete()


class Migration(migrations.Migration):
    dependencies = [("concerns", "0002_sources"), ("kernel", "0004_search_by_day")]

    operations = [migrations.RunPython(empty, migrations.RunPython.noop)]
