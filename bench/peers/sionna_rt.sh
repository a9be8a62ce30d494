#!/usr/bin/env bash
# One step of ours, gradient included, against Sionna RT's forward map and paths of the same scene, in turn in one run;
# and our exact map against theirs as their rays grow. The result is printed, and written to FILE with:
#   nice -n -10 bench/peers/sionna_rt.sh [FILE [quick]]
# Takes 40 minutes on 2 cores and 6 GB of memory; quick: 9 minutes, without their largest numbers of rays. Installs
# sionna-rt from PyPI into a virtual environment under the build folder; Dr.Jit's cache of compiled kernels starts empty,
# so that first calls are first calls.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source tests/peers/sionna.bash
${CXX:-g++} -std=c++20 -O3 -march=native -ffp-contract=off -DMANYWORLDS_WITH_TBB=1 -Iinclude -Ikernels \
  bench/peers/office_step.cpp -o "$build/office_step" -lpugixml -ltbb
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
HOME=$home "$python" bench/peers/sionna_rt.py "$build/office_step" "$@"
