from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django_fsm import ConcurrentTransitionMixin, FSMField, transition
from viewflow import jsonstore
from viewflow.workflow.models import Process
from work import NUMERIC_FIELDS, STEPS, TEXT_FIELDS


class Membership(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    role = models.CharField(max_length=20)
    region = models.CharField(max_length=20)

    class Meta:
        unique_together = [("user", "role", "region")]


def member(role):
    """A django-fsm permission: does this user hold the role in the case's region?"""
    return lambda case, user: Membership.objects.filter(user=user, role=role, region=case.region).exists()


class Case(ConcurrentTransitionMixin, models.Model):
    region = models.CharField(max_length=20)
    state = FSMField(default="district_review", protected=True)
    data = models.JSONField()

    @transition(state, "district_review", "city_review", permission=member("district"))
    def district_approve(self):
        pass

    @transition(state, "city_review", "approved", permission=member("city"))
    def city_approve(self):
        pass

    @transition(state, "approved", "notice", permission=member("city"))
    def open_notice(self):
        pass

    @transition(state, "notice", "closed", permission=member("city"))
    def close_notice(self):
        pass


class Audit(models.Model):
    case = models.ForeignKey(Case, on_delete=models.CASCADE)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    action = models.CharField(max_length=20)
    source = models.CharField(max_length=20, null=True)
    target = models.CharField(max_length=20)
    at = models.DateTimeField(auto_now_add=True)


class EvaluationProcess(Process):
    """viewflow's cheapest process: a proxy, the form kept in Process.data as JSON."""

    region = jsonstore.CharField(max_length=20, blank=True)
    for _name in NUMERIC_FIELDS:
        locals()[_name] = jsonstore.FloatField(validators=[MinValueValidator(0), MaxValueValidator(1000)])
    for _name in TEXT_FIELDS:
        locals()[_name] = jsonstore.CharField(max_length=200)
    del _name

    class Meta:
        proxy = True
        permissions = [(f"can_{step[0]}", step[0]) for step in STEPS]
