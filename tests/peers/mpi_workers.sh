#!/usr/bin/env bash
# Runs a search under the real mpirun of Open MPI: three ranks, four workers, some of them killed or stopped in the
# middle; results must equal the serial run's, and nothing may be left behind. Takes a minute or two.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
build=${MANYWORLDS_BUILD:-build}
MANYWORLDS_BUILD="$build" bash examples/cluster/setup_mpi.sh >/dev/null
python3 -B tests/peers/mpi_workers.py "$build/examples/cluster/mpi_workers" "$build/examples/place"
