"""Set Django up on a benchmark target; make the schema and the actors."""

import os


def start(target):
    os.environ["BENCH_TARGET"] = target
    os.environ["DJANGO_SETTINGS_MODULE"] = "djsite.settings"
    import django

    django.setup()


def make_schema():
    from django.contrib.auth.models import Permission, User
    from django.core.management import call_command
    from djsite.carriers.models import Membership
    from work import STEPS, users

    call_command("migrate", verbosity=0)
    for uid, role, region in users():
        user = User.objects.create(id=uid, username=f"{role}-{region}", password=f"md5$salt${uid}")
        Membership.objects.create(user=user, role=role, region=region)
        codes = [f"can_{step[0]}" for step in STEPS if step[3] == role]
        user.user_permissions.set(Permission.objects.filter(codename__in=codes))


def count_statements(callback):
    from django.db import connection

    connection.ensure_connection()
    connection.connection.set_trace_callback(callback)
