#!/usr/bin/env bash
# Runs a search under the real Ray from PyPI: two processors, four actors, some of them and of their workers killed in
# the middle; results must equal the serial run's, and nothing may be left behind. Takes a minute or two.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
build=${MANYWORLDS_BUILD:-build}
MANYWORLDS_BUILD="$build" bash examples/cluster/setup_ray.sh >/dev/null
"$build/ray-venv/bin/python" -B tests/peers/ray_workers.py "$build/examples/place"
