"""What is wrong with a stage that several people sign, told before anybody runs it."""

from __future__ import annotations

from collections.abc import Iterator

from core.roles import ROLES
from core.workflow.definition import Signing, Stage
from core.workflow.signing import ONWARD
from forms.findings import Finding


def lint_signing(stage: Stage, file: str, key: str) -> Iterator[Finding]:
    """The findings at `key`.signing and the stage's actions; none for a stage that one person decides."""
    rule = stage.signing
    if rule is None:
        return
    if stage.kind != "review":
        yield Finding(file, f"{key}.signing", f"“{stage.name}”不是审核环节，不能几人会签", "kind = \"review\"")
    yield from _rule(stage, rule, file, f"{key}.signing")
    onward = [(i, action) for i, action in enumerate(stage.actions) if action.effect == ONWARD]
    if len(onward) != 1:
        told = f"几人会签的环节“{stage.name}”要有一个且只有一个“审核通过”的动作，现在有 {len(onward)} 个"
        yield Finding(file, f"{key}.actions", told, f'effect = "{ONWARD}" 的动作只留一个')
    for i, action in onward:
        if action.role:
            told = f"“{action.name}”由会签的各方办理，不能另写由谁办理"
            yield Finding(file, f"{key}.actions.{i}.role", told)


def _rule(stage: Stage, rule: Signing, file: str, key: str) -> Iterator[Finding]:
    if rule.roles and stage.role not in rule.roles:
        told = f"环节的办理人“{ROLES[stage.role].name if stage.role in ROLES else stage.role}”不在会签的各方里"
        yield Finding(file, f"{key}.roles", told, "、".join(rule.roles))
    if rule.mode == "in_order" and len(rule.roles) < 2:
        yield Finding(file, f"{key}.roles", "依次签要写明两方以上的先后", "、".join(ROLES))
    if rule.mode == "in_order" and rule.quorum:
        yield Finding(file, f"{key}.quorum", "依次签每方一人，不写最少几人")
    if rule.mode != "in_order" and len(set(rule.roles)) < len(rule.roles):
        yield Finding(file, f"{key}.roles", "同一方写了两次")
    if not rule.clause and rule.basis == "text":
        yield Finding(file, f"{key}.clause", "要写明条款；文件没有写的，basis 写 reading 或 practice")
