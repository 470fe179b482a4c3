"""The command line. Sub-commands are imported when they are used, so that none pays for another's libraries."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

import click

# Command → module; each module has a click command or group called `command`.
COMMANDS = {
    "policy": "core.cli.policy",
    "region": "core.cli.region",
    "new-region": "core.cli.new_region",
    "demo": "core.cli.demo",
    "serve": "core.cli.serve",
    "worker": "core.cli.worker",
    "init": "core.cli.init",
    "check": "core.cli.check",
    "migrate": "core.cli.migrate",
    "user": "core.cli.user",
    "audit": "core.cli.audit",
    "plugins": "core.cli.plugins",
}


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports one when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click passes it
        """The commands whose modules are there, without importing them."""
        return [name for name, module in COMMANDS.items() if find_spec(module) is not None]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command; None for a name that is not one."""
        if cmd_name not in self.list_commands(ctx):
            return None
        found: click.Command = import_module(COMMANDS[cmd_name]).command
        return found


@click.group(cls=LazyGroup)
def main() -> None:
    """考评：多地区绩效评价平台。"""
