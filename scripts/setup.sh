#!/bin/sh
# Makes .venv and installs the locked packages and this project. $1 is run or dev.
set -eu
kind=$1
python=${PYTHON:-python3}
fail() { printf 'kaoping: %s\n' "$1" >&2; exit 1; }

command -v "$python" >/dev/null 2>&1 || fail "找不到 $python / $python not found. 请安装 Python 3.11 以上，或 make PYTHON=/路径/python3.11"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
  fail "需要 Python 3.11 以上，现在是 $("$python" -V 2>&1) / Python 3.11 or newer is needed. 可用 make PYTHON=/路径/python3.11 指定"
[ -w . ] || fail "文件夹 $(pwd) 不可写 / folder is not writable"

# an interrupted set-up leaves half a .venv behind; it is made again
if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
  rm -rf .venv
  "$python" -m venv .venv 2>.venv-fault || { cat .venv-fault >&2; rm -f .venv-fault; rm -rf .venv
    fail "建不了虚拟环境；Debian/Ubuntu 上先装 python3-venv / cannot make a virtual environment"; }
  rm -f .venv-fault
fi
echo "kaoping: 安装依赖 / installing packages ..."
.venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r "requirements/$kind.txt" ||
  fail "依赖没有装上，见上面的原因 / packages were not installed, see above"
.venv/bin/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e . ||
  fail "本项目没有装上，见上面的原因 / the project was not installed, see above"
touch ".venv/.$kind"
# what dev installs covers run
if [ "$kind" = dev ]; then touch .venv/.run; fi
