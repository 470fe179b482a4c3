"""Writes docs/reference/ from the code itself; tests/docs checks that it is up to date.

    python docs/generate.py
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

REFERENCE = Path(__file__).parent / "reference"
HEAD = "<!-- 由 docs/generate.py 生成，不要手改 -->\n\n"


def settings_page() -> str:
    """Every environment variable with default and meaning."""
    from core.settings import SETTINGS

    rows = [f"| `{s.name}` | {f'`{s.default}`' if s.default else '见说明'} | {s.meaning} |" for s in SETTINGS]
    note = "\n\n标为密钥的设置也可以用 `名称_FILE` 指向一个文件。一项都不设也能运行。\n"
    return HEAD + "# 设置\n\n| 环境变量 | 默认 | 说明 |\n|---|---|---|\n" + "\n".join(rows) + note


def cli_page() -> str:
    """Every command with its help, as `--help` prints it."""
    from core.cli import main

    parts = [HEAD + "# 命令行\n"]
    _commands(main, "kaoping", parts)
    return "\n".join(parts)


def _commands(command: click.Command, path: str, parts: list[str]) -> None:
    context = click.Context(command, info_name=path)
    if isinstance(command, click.Group):
        if path != "kaoping":
            parts.append(f"\n## `{path}`\n\n{(command.help or '').strip()}\n")
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            if child is not None:
                _commands(child, f"{path} {name}", parts)
        return
    options = [p for p in command.params if isinstance(p, click.Option) and p.name != "help"]
    arguments = [p.make_metavar(context) for p in command.params if isinstance(p, click.Argument)]
    parts.append(f"\n## `{' '.join([path, *arguments])}`\n\n{(command.help or '').strip()}\n")
    parts += [f"- `{' '.join(o.opts)}`：{o.help or ''}" for o in options]


def hooks_page() -> str:
    """Every hook of the plugin contract with its documentation."""
    from core import hookspecs

    parts = [HEAD + "# 插件的钩子\n\n" + inspect.cleandoc(hookspecs.__doc__ or "") + "\n"]
    for name, hook in inspect.getmembers(hookspecs, inspect.isfunction):
        if name.startswith("kaoping_"):
            parts.append(f"\n## `{name}{inspect.signature(hook)}`\n\n{inspect.cleandoc(hook.__doc__ or '')}\n")
    return "\n".join(parts)


FILES_HEAD = """# 地区文件夹里的文件

一个地区的规定是一个文件夹里的 TOML 文件（UTF-8）。每一份都有自己的 `key`；`<版本>` 是 `documents.toml` 里写的版本名。
一个版本里同一类有几份的（几份流程、几份表单），放进以这一类命名的文件夹：`policy/<版本>/workflow/quarterly.toml`。
几个版本共用的表单放在 `forms/`。

“必”是必须写的键。除了代号和公式，值都可以写成 `$参数名`，取 `parameters.toml` 里的值。公式里用表单的字段或事实，能写四则运算、
比较、`and`、`or`、`not`、`if_missing(甲, 0)`、`is_missing(甲)`。同样的内容给编辑器用：`kaoping policy schema <类别>`。
"""


def files_page() -> str:
    """Every kind of file of a region's folder with its keys."""
    from core.policy.key_words import FILES
    from core.schemas import schemas

    known = schemas()
    parts = [HEAD + FILES_HEAD]
    for kind, (place, purpose) in FILES.items():
        rows = "\n".join(_rows(known[kind], ""))
        parts.append(f"\n## {kind}\n\n`{place}`：{purpose}。\n\n| 键 | | 说明 |\n|---|---|---|\n{rows}\n")
    return "\n".join(parts)


def _rows(schema: dict[str, Any], above: str) -> Iterator[str]:
    for name, key in schema["properties"].items():
        path = f"{above}{name}"
        choices = next((part["enum"] for part in (key, *key.get("anyOf", ())) if "enum" in part), ())
        allowed = f"（{'、'.join(f'`{one}`' for one in choices)}）" if choices and name not in ("type", "role", "roles") else ""
        needed = "必" if name in schema.get("required", ()) else ""
        if above and name in ("note", "basis"):
            continue  # everywhere the same
        yield f"| `{path}` | {needed} | {key['description']}{allowed} |"
        inner = key.get("items", key)
        if "properties" in inner:
            yield from _rows(inner, f"{path}.")


PAGES = {"files.md": files_page, "settings.md": settings_page, "cli.md": cli_page, "hooks.md": hooks_page}


def main() -> None:
    """Write all pages."""
    for name, page in PAGES.items():
        (REFERENCE / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
