#!/bin/sh
# Brings Chromium from the OS packages where it may; otherwise says plainly what the tests will leave out.
for c in chromium chromium-browser google-chrome; do command -v $c >/dev/null 2>&1 && exit 0; done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "kaoping: 安装 Chromium / installing Chromium from the OS packages ..."
  apt-get update -qq >/dev/null 2>&1
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk >/dev/null 2>&1 && exit 0
fi
[ -z "${CI:-}" ] || { echo "kaoping: CI 上必须有 Chromium / CI needs Chromium" >&2; exit 1; }
echo "kaoping: 没有 Chromium，浏览器测试不跑 / no Chromium here: the browser journeys are left out" >&2
