#!/usr/bin/env bash
# Runs a search under the real mpirun of Open MPI: three ranks, four workers, some of them killed or stopped in the
# middle; results must equal the serial run's, and nothing may be left behind. Takes a minute or two.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
bash .ci/packages.sh openmpi-bin libopenmpi-dev
build=${MANYWORLDS_BUILD:-build}
cmake -S . -B "$build" >/dev/null  # it looks for MPI
cmake --build "$build" --target place mpi_workers -j "$(bash .ci/jobs.sh)"
python3 -B tests/peers/mpi_workers.py "$build/examples/cluster/mpi_workers" "$build/examples/place"
