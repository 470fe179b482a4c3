"""What a check of a definition found: always the file, the key, what is wrong and what is allowed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One fault of a definition, placed so that a person can go and mend it.

    ``key`` is a dotted path inside the file, list items by position: ``sections.0.fields.3.type``.
    """

    file: str
    key: str
    message: str
    allowed: str = ""

    def __str__(self) -> str:
        tail = f"；允许：{self.allowed}" if self.allowed else ""
        return f"{self.file}: {self.key}: {self.message}{tail}"


class DefinitionError(ValueError):
    """A definition is refused; ``findings`` holds every fault at once, not only the first."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        super().__init__("\n".join(str(f) for f in findings))
