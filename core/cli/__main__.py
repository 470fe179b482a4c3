"""`python -m core.cli`: the same as `kaoping`, for processes that one of them starts."""

from core.cli import main

main(prog_name="kaoping")
