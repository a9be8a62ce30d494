#!/usr/bin/env bash
# Looks at a report.html in a real Chromium without a window, light and dark, wide and narrow: nothing may be fetched,
# nothing may stand on its console, nothing may stick out, and what answers to the mouse must. Leaves the screenshots
# in out/report_in_browser. Takes a few seconds.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
command -v chromium >/dev/null || bash .ci/packages.sh chromium
build=${MANYWORLDS_BUILD:-build}
folder=out/report_in_browser
"$build/examples/place" --scene examples/scenes/two_rooms/two_rooms.xml --tx ap=2,4.4,1.5 --area 5.2,0.2,7.8,4.8 \
  --spacing 0.5 --max-depth 2 --mover Reflector --wall wall_south --worlds 12 --iterations 40 \
  --pruning bottom_fraction --executor processes --quiet --output "$folder"
python3 -B tests/peers/report_in_browser.py "$folder/report.html" "$folder"
