#!/usr/bin/env bash
# Compares paths with Sionna RT and with a brute force over all chains of triangles: the path tables of
# tests/data/sionna on the scenes that ship with Sionna RT and on our own, then scenes drawn at random; and gradients of
# the gain with Sionna RT's. The result is printed, and written to FILE with: sionna_paths.sh FILE. Installs sionna-rt
# from PyPI into a virtual environment under the build folder. Takes some minutes and 6 GB of memory.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source tests/peers/sionna.bash
${CXX:-g++} -std=c++20 -O2 -Iinclude -Ikernels examples/paths.cpp -o "$build/peer_paths" -lpugixml -lpthread
"$python" tests/peers/sionna_paths.py "$build/peer_paths" "$@"
