#!/usr/bin/env bash
# Installs what is missing, builds everything, and runs all tests through ctest.
#   --asan    build and run them under the address and undefined-behaviour sanitizers instead
#   --peers   afterwards also compare with other people's programs (tests/peers/*.sh; these install from PyPI)
# Anything else goes to ctest, for example: bash tests/run.sh -R slab
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

preset=release build=build peers=no
packages=(g++ cmake ninja-build ccache libeigen3-dev libtbb-dev libpugixml-dev nlohmann-json3-dev
  libpng-dev libcli11-dev libgtest-dev libbenchmark-dev)
arguments=()
for argument in "$@"; do
  case "$argument" in
    --asan) preset=asan-ubsan build=build-asan ;;
    --peers) peers=yes packages+=(python3-venv) ;;
    --help | -h) sed -n '2,5s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    *) arguments+=("$argument") ;;
  esac
done
bash .ci/packages.sh "${packages[@]}"

jobs=$(bash .ci/jobs.sh)
options=(-DMANYWORLDS_BUILD_TESTS=ON)
[ "$preset" != release ] || options+=(-DMANYWORLDS_BUILD_BENCH=ON -DMANYWORLDS_CUDA=AUTO)
cmake --preset "$preset" "${options[@]}"
cmake --build "$build" -j "$jobs"
ctest --test-dir "$build" --output-on-failure --no-tests=error -j "$jobs" "${arguments[@]}"

if [ "$peers" = yes ]; then
  for script in tests/peers/*.sh; do
    [ -e "$script" ] || { echo "no peer scripts yet"; break; }
    echo "== $script"
    MANYWORLDS_BUILD="$build" bash "$script"
  done
fi
