"""`python -m bench`: ours and the bare limits; `--peers` makes the peers' venvs and runs all side by side."""

from __future__ import annotations

import argparse
import os
import platform
import sqlite3
import time
from collections.abc import Callable

from bench import b1_approval, b2_form, b3_scoring, b4_queue, b5_http, b6_startup, measuring, peers


def main() -> None:
    """Run the parts that are asked for and print their tables."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="与极限和同类软件同场测量")
    parser.add_argument("parts", nargs="*", help="只测其中几项：b1 b2 b3 b4 b5 b6")
    parser.add_argument("--peers", action="store_true", help="安装同类软件并同场测量（约 20 分钟）")
    parser.add_argument("--rounds", type=int, help="轮数；默认 2，连同类软件时 5")
    parser.add_argument("--quick", action="store_true", help="连同类软件时也用小规模")
    parser.add_argument("--large", action="store_true", help="批量和待办用更大的规模（一百万件）")
    args = parser.parse_args()
    if args.peers:
        peers.make()
        os.environ[measuring.PEERS] = "1"
    quick = args.quick or not args.peers
    rounds = args.rounds or (2 if quick else 5)
    parts: dict[str, Callable[[], str]] = {
        "b1": lambda: b1_approval.run(rounds, 100 if quick else 500),
        "b2": lambda: b2_form.run(rounds),
        "b3": lambda: b3_scoring.run(rounds, (1_000,) if quick else (1_000, 100_000)),
        "b4": lambda: b4_queue.run(rounds, 1_000_000 if args.large else 100_000),
        "b5": lambda: b5_http.run(rounds, 1.5 if quick else 3.0),
        "b6": lambda: b6_startup.run(rounds),
    }
    unknown = set(args.parts) - set(parts)
    if unknown:
        parser.error(f"没有 {'、'.join(sorted(unknown))}；有 {'、'.join(parts)}")
    print(
        f"# 测量 {time.strftime('%Y-%m-%d %H:%M')}\n\n{os.cpu_count()} 核，Python {platform.python_version()}，"
        f"SQLite {sqlite3.sqlite_version}，负载 {os.getloadavg()[0]:.1f}，每项 {rounds} 轮，各参测者轮流。只有比值可以带走。\n"
    )
    for name in args.parts or parts:
        print(parts[name](), end="\n\n", flush=True)


if __name__ == "__main__":
    main()
