#!/usr/bin/env bash
# Fills a folder with what tests/gpu.sh needs on a machine that has a CUDA toolkit, a compiler and CMake but no package
# registry: unpacks Debian packages of this machine's release; nothing is installed.
#   bash tests/gpu_prepare.sh [FOLDER]     default: .gpu
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
folder=${1:-.gpu}
packages=(libeigen3-dev libgtest-dev libbenchmark-dev libcli11-dev libpugixml-dev nlohmann-json3-dev
  libpng-dev zlib1g-dev libtbb-dev libtbb12 libtbbmalloc2)
# What is named after its version: Google Benchmark's shared library, it has no static one, and the part of oneTBB that
# it loads where there is hwloc, which its CMake files want to see.
mapfile -t named < <(apt-cache depends libbenchmark-dev libtbb12 |
  sed -nE 's/^ *(Depends|Recommends): (libbenchmark[0-9][a-z0-9.]*|libtbbbind-[0-9-]+)$/\2/p')
packages+=("${named[@]}")

mkdir -p "$folder/packages"
folder=$(cd "$folder" && pwd)
[ "$(id -u)" -ne 0 ] || chmod a+rwx "$folder/packages"
(cd "$folder/packages" && apt-get download "${packages[@]}")
for package in "$folder"/packages/*.deb; do dpkg-deb --extract "$package" "$folder"; done
find "$folder" -xtype l -delete  # what points out of the folder
rm -r "$folder/packages" "$folder/usr/share/doc" "$folder"/usr/share/{man,lintian} 2>/dev/null || true

# Shared libraries would have to come along with what they need; the static ones are complete.
libraries=$(dirname "$(find "$folder/usr/lib" -name libpugixml.a)")
for name in pugixml png16 png z; do
  [ -e "$libraries/lib$name.a" ] && rm -f "$libraries/lib$name".so*
done
sed -i 's/libpugixml\.so[0-9.]*/libpugixml.a/g; s/SHARED IMPORTED/STATIC IMPORTED/; /IMPORTED_SONAME/d' \
  "$libraries"/cmake/pugixml/pugixml-targets*.cmake
du -sh "$folder"
