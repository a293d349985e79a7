#!/bin/sh
# Install from Debian what the tests drive and Python cannot bring: a browser, Node.js, Java with Maven, a C compiler.
set -eu

missing=""
command -v chromium >/dev/null || missing="$missing chromium"
command -v node >/dev/null || missing="$missing nodejs"
command -v npm >/dev/null || missing="$missing npm"
command -v mvn >/dev/null || missing="$missing maven"
command -v cc >/dev/null || missing="$missing gcc libc6-dev"
[ -n "$missing" ] || exit 0

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "The tests need:$missing. Cure: apt-get install$missing, as root." >&2
  exit 2
fi
echo "Installing from Debian for the tests:$missing"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# shellcheck disable=SC2086 # a list of package names
apt-get install -y -qq --no-install-recommends $missing >/dev/null
