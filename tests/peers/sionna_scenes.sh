#!/usr/bin/env bash
# Loads every scene that ships with Sionna RT, our own example scenes and one of all transforms with Sionna RT and with
# our loader, and compares object names, triangles and materials. The result table is printed, and written to FILE
# with: sionna_scenes.sh FILE. Installs sionna-rt from PyPI into a virtual environment under the build folder.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source tests/peers/sionna.bash
${CXX:-g++} -std=c++20 -O1 -Iinclude -Ikernels tests/peers/dump_scene.cpp -o "$build/dump_scene" -lpugixml
"$python" tests/peers/sionna_scenes.py "$build/dump_scene" "$@"
