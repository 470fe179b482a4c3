"""Writes docs/reference/ from the code itself; tests/docs checks that it is up to date.

    python docs/generate.py
"""

from __future__ import annotations

import inspect
from pathlib import Path

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


PAGES = {"settings.md": settings_page, "cli.md": cli_page, "hooks.md": hooks_page}


def main() -> None:
    """Write all pages."""
    for name, page in PAGES.items():
        (REFERENCE / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
