#!/usr/bin/env bash
# Builds the checkstream binary into dist/.
#
#   ./compile.sh                      for this machine
#   ./compile.sh --target TRIPLE      for another one, e.g. aarch64-unknown-linux-gnu
#   ./compile.sh --all                for every supported one
#
# Needs deno >= 2.5 on PATH (or DENO=/path/to/deno).
set -euo pipefail
cd "$(dirname "$0")"

targets_all=(x86_64-unknown-linux-gnu aarch64-unknown-linux-gnu x86_64-apple-darwin aarch64-apple-darwin x86_64-pc-windows-msvc)
deno=${DENO:-deno}
targets=()

while [ $# -gt 0 ]; do
  case $1 in
    --target)
      [ $# -ge 2 ] || { echo "compile.sh: --target needs a triple: ${targets_all[*]}" >&2; exit 2; }
      targets+=("$2")
      shift 2
      ;;
    --all) targets=("${targets_all[@]}"); shift ;;
    -h | --help) sed -n '2,8s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) echo "compile.sh: unknown option $1 (try --help)" >&2; exit 2 ;;
  esac
done

# Native libSQL of a target, as its npm package is called; it travels inside the binary.
native_package() {
  case $1 in
    x86_64-unknown-linux-gnu) echo linux-x64-gnu ;;
    aarch64-unknown-linux-gnu) echo linux-arm64-gnu ;;
    x86_64-apple-darwin) echo darwin-x64 ;;
    aarch64-apple-darwin) echo darwin-arm64 ;;
    x86_64-pc-windows-msvc) echo win32-x64-msvc ;;
    *) return 1 ;;
  esac
}

build() { # build OUTPUT [--target TRIPLE]
  local output=$1
  shift
  # What the program really does: serve and call (net), read configuration and write state (read, write), load native
  # libSQL (ffi), read its environment, and ask the system for memory and load figures (sys). Nothing else: no run.
  "$deno" compile --quiet --no-check --no-prompt --lock=dist/deno.lock \
    --allow-net --allow-read --allow-write --allow-env --allow-ffi --allow-sys \
    "${includes[@]}" --output "$output" "$@" main.ts
  echo "built $output ($(du -h "$output" | cut -f1))"
}

mkdir -p dist
printf '{"commit":"%s","built":"%s"}\n' "$(git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" >dist/build.json
# A copy: every version is pinned, but each Deno release adds its own Node typings to the lock file.
cp deno.lock dist/deno.lock
# A cache of its own, since Deno embeds whole packages: what the program never reads is taken out of it first.
DENO_DIR=$(mktemp -d)
export DENO_DIR
trap 'rm -rf "$DENO_DIR"' EXIT
"$deno" cache --quiet --lock=dist/deno.lock main.ts src/*/*_worker.ts
# Deno reads every script of the packages it embeds; large generated ones nest deeper than its threads' default stack.
export RUST_MIN_STACK=$((64 << 20))
packages=$DENO_DIR/npm/registry.npmjs.org
for test_only in openai @anthropic-ai/sdk fast-check @types/node; do
  find "$packages/$test_only" -type f ! -name package.json -delete 2>/dev/null || true
done
find "$packages" -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \) -delete
# Of the token encodings the two that OpenAI's models use; the rest of that package is other builds and one file per model.
find "$packages"/gpt-tokenizer/*/{cjs,src,data,esm/model} "$packages"/gpt-tokenizer/*/esm/bpeRanks/{p50k,r50k}* -type f -delete
find "$packages"/onnxruntime-web/*/{dist,lib} -type f ! -name 'ort.wasm*.mjs' ! -name 'ort-wasm-simd-threaded.mjs' ! -name 'ort-wasm-simd-threaded.wasm' -delete
includes=(--include dist/build.json)
while IFS= read -r file; do includes+=(--include "$file"); done < <(cat scripts/compile_includes.txt 2>/dev/null | grep -v '^#' || true)

if [ ${#targets[@]} -eq 0 ]; then
  build dist/checkstream
else
  for target in "${targets[@]}"; do
    native_package "$target" >/dev/null || { echo "compile.sh: unknown target $target; one of ${targets_all[*]}" >&2; exit 2; }
    suffix=""
    [[ $target == *windows* ]] && suffix=".exe"
    build "dist/checkstream-$target$suffix" --target "$target"
  done
fi
