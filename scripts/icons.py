"""Make core/static/icons.svg from the icons that Bootstrap-Flask ships: only those named in icons.txt.

Run after adding a name:  .venv/bin/python scripts/icons.py
"""

import re
from pathlib import Path

import flask_bootstrap

NAMES = Path(__file__).with_suffix(".txt").read_text().split()
SOURCE = Path(flask_bootstrap.__file__).parent / "static/bootstrap5/icons/bootstrap-icons.svg"
TARGET = Path(__file__).parent.parent / "core/static/icons.svg"


def main() -> None:
    symbols = dict(
        re.findall(r'<symbol class="bi bi-[^"]+" viewBox="0 0 16 16" id="([^"]+)">(.*?)</symbol>', SOURCE.read_text())
    )
    missing = sorted(set(NAMES) - set(symbols))
    if missing:
        raise SystemExit(f"Bootstrap Icons has no {', '.join(missing)}")
    drawn = "\n".join(f'<symbol id="{name}" viewBox="0 0 16 16">{symbols[name]}</symbol>' for name in sorted(NAMES))
    TARGET.write_text(f'<svg xmlns="http://www.w3.org/2000/svg">\n{drawn}\n</svg>\n')


if __name__ == "__main__":
    main()
