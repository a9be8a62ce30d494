#!/bin/bash
# Fuzzes the readers of scenes: tests/fuzz/run.sh [SECONDS] (default 600). Needs clang++ with libFuzzer
# (Debian: clang libclang-rt-14-dev) and pugixml. New inputs go to build/fuzz/found, crashes to build/fuzz.
set -euo pipefail
cd "$(dirname "$0")/../.."
mkdir -p build/fuzz/found
${CXX:-clang++} -std=c++20 -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined \
  -Iinclude -Ikernels tests/fuzz/scene_fuzz.cpp -o build/fuzz/scene_fuzz -lpugixml
exec build/fuzz/scene_fuzz -max_total_time="${1:-600}" -max_len=8192 -timeout=10 -rss_limit_mb=1024 \
  -dict=tests/fuzz/scene.dict -artifact_prefix=build/fuzz/ build/fuzz/found tests/fuzz/corpus
