#!/usr/bin/env bash
# Installs those of the Debian packages given as arguments that are missing, and says which. Does nothing else.
set -euo pipefail

if ! command -v dpkg-query >/dev/null; then
  echo "Not a Debian system: please provide what these packages hold: $*"
  exit 0
fi
missing=()
for package in "$@"; do
  status=$(dpkg-query --show --showformat='${Status}' "$package" 2>/dev/null || true)
  [ "$status" = "install ok installed" ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

echo "Installing Debian packages: ${missing[*]}"
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "error: neither root nor sudo; please run as root: apt-get install ${missing[*]}" >&2
    exit 2
  fi
  as_root=(sudo)
fi
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" \
  >/dev/null
