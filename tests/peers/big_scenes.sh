#!/usr/bin/env bash
# Finds paths in the cities that ship with Sionna RT, with our finders and with Sionna RT, and compares them: paths,
# coefficients, time and memory. The result is printed, and written to FILE with: big_scenes.sh FILE. Takes some ten
# minutes. Installs sionna-rt from PyPI into a virtual environment under the build folder.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
build=${MANYWORLDS_BUILD:-build}
mkdir -p "$build"

# Dr.Jit compiles for the CPU with libLLVM >= 17, which Debian 12 has as libllvm19.
if [ -z "${DRJIT_LIBLLVM_PATH:-}" ]; then
  llvm() { find /usr/lib -name 'libLLVM*.so*' 2>/dev/null | grep -E 'libLLVM(-|\.so\.)(1[7-9]|2[0-9])' | sort | tail -1; }
  [ -n "$(llvm)" ] || bash .ci/packages.sh libllvm19
  DRJIT_LIBLLVM_PATH=$(llvm)
  export DRJIT_LIBLLVM_PATH
fi

venv=$build/peers-venv
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/pip" install -q --disable-pip-version-check sionna-rt==2.2.0 mitsuba==3.9.1
${CXX:-g++} -std=c++20 -O3 -march=x86-64-v3 -Iinclude -Ikernels tests/peers/find_paths.cpp -o "$build/find_paths" -lpugixml
"$venv/bin/python" tests/peers/big_scenes.py "$build/find_paths" "$@"
