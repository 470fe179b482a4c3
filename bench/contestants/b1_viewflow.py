"""django-viewflow 2.4: what its wrap_start_view / wrap_view do, without HTTP.

The audit trail is viewflow's own Task row (owner, started, finished); no further row is written.
"""

from types import SimpleNamespace

import b1_driver
import django_base


class Engine:
    def __init__(self, target, variant):
        django_base.start(target)
        from django.contrib.auth.models import User
        from django.db import transaction
        from djsite.carriers.flows import EvaluationFlow
        from viewflow.workflow.models import Process, Task
        from viewflow.workflow.status import STATUS

        self.User, self.Flow, self.Task, self.Process = User, EvaluationFlow, Task, Process
        self.atomic, self.STATUS = transaction.atomic, STATUS

    def setup(self, n):
        django_base.make_schema()

    def submit(self, case, actor, region, data):
        user = self.User.objects.get(pk=actor)
        node = self.Flow.submit
        with self.atomic():
            activation = node.activation_class.create(node, None, None)
            if not node.can_execute(user, activation.task):
                raise PermissionError("submit")
            activation.start(SimpleNamespace(user=user))
            activation.process.data = {"region": region, **data}
            activation.execute()
        return activation.process.pk

    def advance(self, key, step, actor, region):
        user = self.User.objects.get(pk=actor)
        with self.Flow.lock(key), self.atomic():
            task = self.Task.objects.select_related("process").get(process_id=key, status=self.STATUS.NEW)
            node = task.flow_task
            activation = node.activation_class(task)
            if node.name != step[0] or not activation.assign.has_perm(user):
                raise PermissionError(step[0])
            activation.assign(user)
            if not node.can_execute(user, task=task):
                raise PermissionError(step[0])
            activation.start(SimpleNamespace(user=user))
            activation.execute()

    count_statements = staticmethod(django_base.count_statements)

    def verify(self):
        human = self.Task.objects.filter(status=self.STATUS.DONE, flow_task_type__startswith="HUMAN")
        return self.Process.objects.filter(status="DONE").count(), human.count()


if __name__ == "__main__":
    b1_driver.main(Engine)
