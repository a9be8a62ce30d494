#!/usr/bin/env bash
# Prepares this machine for ray_workers.py: builds the driver `place` where it is missing, and installs Ray from PyPI
# into the virtual environment build/ray-venv. Prints how to start a run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
build=${MANYWORLDS_BUILD:-build}
bash .ci/packages.sh python3-venv
if [ ! -x "$build/examples/place" ]; then
  bash .ci/packages.sh g++ cmake ninja-build libeigen3-dev libtbb-dev libpugixml-dev nlohmann-json3-dev libpng-dev \
    libcli11-dev
  [ -f "$build/CMakeCache.txt" ] ||
    cmake --preset release -DMANYWORLDS_BUILD_TESTS=OFF -DMANYWORLDS_BUILD_BENCH=OFF -DMANYWORLDS_CUDA=OFF
  cmake --build "$build" --target place -j "$(bash .ci/jobs.sh)"
fi
[ -x "$build/ray-venv/bin/python" ] || python3 -m venv "$build/ray-venv"
"$build/ray-venv/bin/python" -m pip install -q --disable-pip-version-check ray==2.60.0
echo "Ready. For example:"
echo "$build/ray-venv/bin/python examples/cluster/ray_workers.py --workers $(nproc) --" \
  "$build/examples/place --config examples/quickstart.toml --output out/ray"
