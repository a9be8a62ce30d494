#!/usr/bin/env bash
# Prepares this machine for mpi_workers: installs Open MPI, and builds it and the driver `place`. Prints how to start a
# run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
build=${MANYWORLDS_BUILD:-build}
bash .ci/packages.sh g++ cmake ninja-build libeigen3-dev libtbb-dev libpugixml-dev nlohmann-json3-dev libpng-dev \
  libcli11-dev openmpi-bin libopenmpi-dev
if [ -f "$build/CMakeCache.txt" ]; then
  cmake -S . -B "$build" >/dev/null  # it looks for MPI
else
  cmake --preset release -DMANYWORLDS_BUILD_TESTS=OFF -DMANYWORLDS_BUILD_BENCH=OFF -DMANYWORLDS_CUDA=OFF
fi
cmake --build "$build" --target place mpi_workers -j "$(bash .ci/jobs.sh)"
echo "Ready. For example (as root with --allow-run-as-root):"
echo "mpirun -n 3 --oversubscribe --bind-to none $build/examples/cluster/mpi_workers --workers $(nproc) --" \
  "$build/examples/place --config examples/quickstart.toml --output out/mpi"
