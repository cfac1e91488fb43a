#!/usr/bin/env bash
# Puts what `npm run spec` and `npm run build` made into one folder that any server of files can publish:
#
#     bash tools/build/site.sh FOLDER
set -euo pipefail
folder=$1
cd "$(dirname "$0")/../.."

mkdir -p "$folder/spec"
cp -r build/index.html build/room "$folder/"
# The demo's link to the text, which stands at the root here.
echo '<!doctype html><meta charset="utf-8"><title>Moved</title><meta http-equiv="refresh" content="0; url=../">' > "$folder/spec/index.html"
cp -r dist/demo models "$folder/"
# There is no server of runs beside it, so the demo names none and offers no switch for one.
sed 's/<html lang="en">/<html lang="en" data-without-server>/' dist/demo/index.html > "$folder/demo/index.html"
grep -q data-without-server "$folder/demo/index.html"
mkdir -p "$folder/dist"
cp -r dist/*.js dist/onnxruntime "$folder/dist/"
rm -f "$folder/dist/node.js" "$folder/dist/testing.js"
