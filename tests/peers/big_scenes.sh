#!/usr/bin/env bash
# Finds paths in the cities that ship with Sionna RT, with our finders and with Sionna RT, and compares them: paths,
# coefficients, time and memory. The result is printed, and written to FILE with: big_scenes.sh FILE. Takes some ten
# minutes. Installs sionna-rt from PyPI into a virtual environment under the build folder.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source tests/peers/sionna.bash
${CXX:-g++} -std=c++20 -O3 -march=x86-64-v3 -Iinclude -Ikernels tests/peers/find_paths.cpp -o "$build/find_paths" -lpugixml
"$python" tests/peers/big_scenes.py "$build/find_paths" "$@"
