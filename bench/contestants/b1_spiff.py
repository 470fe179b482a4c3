"""SpiffWorkflow 3.2: restore the BPMN workflow, run one user task, store it again; bare SQL around it.

Variants: full (serialize_json / deserialize_json, as its documentation shows) and
cached (the specification is kept in memory, only the task tree is stored: generous to Spiff).
"""

from pathlib import Path

import b1_bare
import b1_driver
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.serializer.config import DEFAULT_CONFIG
from SpiffWorkflow.bpmn.serializer.default.workflow import BpmnWorkflowConverter
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState
from work import STEPS


class Engine(b1_bare.Engine):
    def __init__(self, target, variant):
        super().__init__(target, "select")
        parser = BpmnParser()
        parser.add_bpmn_file(str(Path(__file__).with_name("approval.bpmn")))
        self.spec = parser.get_spec("approval")
        config = dict(DEFAULT_CONFIG)
        if variant == "cached":
            config[BpmnWorkflow] = self.converter_without_spec(self.spec)
        self.serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(config))

    @staticmethod
    def converter_without_spec(spec):
        class Converter(BpmnWorkflowConverter):
            def to_dict(self, workflow):
                real, workflow.spec = workflow.spec, None
                try:
                    return super().to_dict(workflow)
                finally:
                    workflow.spec = real

            def from_dict(self, dct):
                restore = self.registry.restore
                self.registry.restore = lambda value, **kw: spec if value is None else restore(value, **kw)
                try:
                    return super().from_dict(dct)
                finally:
                    self.registry.restore = restore

        return Converter

    def play(self, workflow, action, data=None):
        task = workflow.get_next_task(state=TaskState.READY, manual=True)
        if task.task_spec.name != action:
            raise ValueError(task.task_spec.name)
        if data:
            task.set_data(**data)
        task.run()
        workflow.do_engine_steps()
        return task.task_spec.lane

    def submit(self, case, actor, region, data):
        self.permit(actor, "carrier", region)
        workflow = BpmnWorkflow(self.spec)
        workflow.do_engine_steps()
        self.play(workflow, "submit", data)
        self.sql(self.begin)
        (key,) = self.sql(
            "INSERT INTO cases (region, state, version, data) VALUES (?, 'district_review', 1, ?) RETURNING id",
            (region, self.serializer.serialize_json(workflow)),
        ).fetchone()
        self.audit(key, actor, "submit", None, "district_review")
        self.sql("COMMIT")
        return key

    def advance(self, key, step, actor, region):
        action, source, _, _ = step
        self.sql(self.begin)
        found = self.sql("SELECT region, version, data FROM cases WHERE id=?", (key,)).fetchone()
        workflow = self.serializer.deserialize_json(found[2])
        lane = self.play(workflow, action)
        self.permit(actor, lane, found[0])
        waiting = workflow.get_next_task(state=TaskState.READY, manual=True)
        target = "closed" if waiting is None else dict((s[0], s[1]) for s in STEPS)[waiting.task_spec.name]
        done = self.sql(
            "UPDATE cases SET state=?, version=version+1, data=? WHERE id=? AND version=?",
            (target, self.serializer.serialize_json(workflow), key, found[1]),
        )
        if done.rowcount != 1:
            raise ValueError("stale")
        self.audit(key, actor, action, source, target)
        self.sql("COMMIT")


if __name__ == "__main__":
    b1_driver.main(Engine)
