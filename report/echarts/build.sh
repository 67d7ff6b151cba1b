#!/usr/bin/env bash
# build.sh: makes echarts.min.js, the part of Apache ECharts that report.html uses, and lays its licences beside it.
# It needs node and npm; the versions below are the ones in use.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cp "$here/entry.js" "$dir/"
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund echarts@6.1.0 zrender@6.1.0 tslib@2.3.0 esbuild@0.28.2
npx esbuild entry.js --bundle --minify --format=iife --global-name=echarts --target=es2019 --charset=ascii \
  --legal-comments=none --banner:js='/* Apache ECharts 6.1.0, Apache License 2.0; zrender 6.1.0, BSD 3-Clause; tslib, 0BSD; parts of d3, BSD 3-Clause */' \
  --outfile="$here/echarts.min.js"
m=node_modules
cp $m/echarts/LICENSE $m/echarts/NOTICE "$here/"
cp $m/echarts/licenses/LICENSE-d3 "$here/"
cp $m/zrender/LICENSE "$here/LICENSE-zrender"
cp $m/tslib/LICENSE.txt "$here/LICENSE-tslib"
