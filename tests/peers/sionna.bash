# Set-up that the scripts here share: `source` it from the root of the repository. Sets `build` and `python`, an
# interpreter in a virtual environment under the build folder with sionna-rt from PyPI.
build=${MANYWORLDS_BUILD:-build}
mkdir -p "$build"

# Dr.Jit compiles for the CPU with libLLVM >= 17, which Debian 12 has as libllvm19.
if [ -z "${DRJIT_LIBLLVM_PATH:-}" ]; then
  llvm() { find /usr/lib -name 'libLLVM*.so*' 2>/dev/null | grep -E 'libLLVM(-|\.so\.)(1[7-9]|2[0-9])' | sort | tail -1; }
  [ -n "$(llvm)" ] || bash .ci/packages.sh libllvm19
  DRJIT_LIBLLVM_PATH=$(llvm)
  export DRJIT_LIBLLVM_PATH
fi

python=$build/peers-venv/bin/python
[ -x "$python" ] || python3 -m venv "$build/peers-venv"
"$python" -m pip install -q --disable-pip-version-check sionna-rt==2.2.0 mitsuba==3.9.1
