#!/usr/bin/env bash
# One command from a fresh Debian 12 to the main job: installs what is missing, builds, and moves the reflector of
# office_v1. Arguments go to the driver, for example: bash examples/quickstart.sh --worlds 8 --seed 2
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

bash .ci/packages.sh g++ cmake ninja-build libeigen3-dev libtbb-dev libpugixml-dev nlohmann-json3-dev \
  libpng-dev libcli11-dev

# A build folder that is already there keeps its choice of tests and benchmarks.
first=()
[ -f build/CMakeCache.txt ] || first=(-DMANYWORLDS_BUILD_TESTS=OFF -DMANYWORLDS_BUILD_BENCH=OFF -DMANYWORLDS_CUDA=OFF)
cmake --preset release "${first[@]}" >/dev/null
cmake --build build --target place -j "$(bash .ci/jobs.sh)"

build/examples/place --config examples/quickstart.toml --output out/quickstart "$@"
