"""django-fsm-2 on the Django ORM: ConcurrentTransitionMixin, a permission query, an Audit row."""

import b1_driver
import django_base


class Engine:
    def __init__(self, target, variant):
        django_base.start(target)
        from django.contrib.auth.models import User
        from django.db import transaction
        from django_fsm import has_transition_perm
        from djsite.carriers.models import Audit, Case, member

        self.User, self.Audit, self.Case = User, Audit, Case
        self.atomic, self.allowed, self.carrier = transaction.atomic, has_transition_perm, member("carrier")

    def setup(self, n):
        django_base.make_schema()

    def submit(self, case, actor, region, data):
        with self.atomic():
            user = self.User.objects.get(pk=actor)
            made = self.Case(region=region, data=data)
            if not self.carrier(made, user):
                raise PermissionError("carrier")
            made.save(force_insert=True)
            self.Audit.objects.create(case=made, actor=user, action="submit", target=made.state)
        return made.pk

    def advance(self, key, step, actor, region):
        action, source, target, _ = step
        with self.atomic():
            user = self.User.objects.get(pk=actor)
            case = self.Case.objects.defer("data").get(pk=key)
            move = getattr(case, action)
            if not self.allowed(move, user):
                raise PermissionError(action)
            move()
            case.save(update_fields=["state"])
            self.Audit.objects.create(case=case, actor=user, action=action, source=source, target=target)

    count_statements = staticmethod(django_base.count_statements)

    def verify(self):
        return self.Case.objects.filter(state="closed").count(), self.Audit.objects.count()


if __name__ == "__main__":
    b1_driver.main(Engine)
