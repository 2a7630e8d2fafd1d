#!/usr/bin/env bash
# Stages and steps with their seconds, each stage held to its budget in tools/budgets.txt. Sourced by what runs them, in
# the top folder, with `program` (its name) and `logs` (a folder for them) set.
: "${program:?}" "${logs:?}"

# Cache hits must not depend on where the checkout lies (the presets set base_dir).
export CCACHE_MAXSIZE=${CCACHE_MAXSIZE:-10G}
mkdir -p "$logs"
rm -f "$logs"/*

report=()   # a line per step and stage

fail() { echo "$program: $*" >&2; exit 1; }

budget() { # budget STAGE cold|warm: seconds
  local column=2
  [ "$2" = cold ] || column=3
  awk -v stage="$1" -v column=$column '$1 == stage { print $column; found = 1 } END { exit !found }' tools/budgets.txt ||
    fail "no budget for stage '$1' in tools/budgets.txt"
}

# stage NAME: ends the stage before, judges its time, begins this one. The budget lies between warm and cold as the
# compilations that missed ccache lie between none and all; a stage that marked itself so is cold.
stage_name='' stage_begin=0
stage() {
  if [ -n "$stage_name" ]; then
    local took=$((SECONDS - stage_begin)) misses hits limit cold warm
    misses=$(grep -c '^cache_miss$' "$CCACHE_STATSLOG" || true)
    hits=$(grep -cE '^(direct|preprocessed)_cache_hit$' "$CCACHE_STATSLOG" || true)
    cold=$(budget "$stage_name" cold) warm=$(budget "$stage_name" warm) limit=$cold
    if [ ! -e "$logs/$stage_name.cold" ]; then
      limit=$((warm + (misses > 0 ? (cold - warm) * misses / (hits + misses) : 0)))
    fi
    report+=("$(printf '%-40s %5d s of %4d s (cold %s, warm %s; ccache %d hits, %d misses)' "$stage_name" "$took" \
      "$limit" "$cold" "$warm" "$hits" "$misses")")
    if [ "$took" -gt "$limit" ]; then
      printf '%s\n' "${report[@]}"
      fail "stage '$stage_name' took $took s; its budget is $limit s, $misses of $((hits + misses)) compilations being new"
    fi
  fi
  stage_name=$1 stage_begin=$SECONDS
  export CCACHE_STATSLOG=$logs/$stage_name.ccache
  : >"$logs/${stage_name:-end}.ccache"
}

step() { # step WORDS COMMAND...: runs it, fails with it, notes its seconds
  local words=$1 begin=$SECONDS
  shift
  echo "== $stage_name: $words"
  "$@"
  report+=("$(printf '  %-38s %5d s' "$words" $((SECONDS - begin)))")
}

# fetched COMMAND...: silent when all was there; what it says means that it had to install or build, so the stage is cold.
fetched() {
  "$@" >/dev/null 2>"$logs/$stage_name.fetched" || { cat "$logs/$stage_name.fetched"; fail "$1 failed"; }
  if [ -s "$logs/$stage_name.fetched" ]; then
    cat "$logs/$stage_name.fetched"
    touch "$logs/$stage_name.cold"
  fi
}

build() { # build PRESET [TARGET...]
  cmake --preset "$1" >"$logs/$1.configure" || { cat "$logs/$1.configure"; return 1; }
  local targets=()
  [ $# -eq 1 ] || targets=(--target "${@:2}")
  NINJA_STATUS='[%f/%t %es] ' cmake --build --preset "$1" "${targets[@]}" -- -j2 >"$logs/$1.build" 2>&1 ||
    { grep -vE '^\[[0-9]+/[0-9]+ ' "$logs/$1.build" | head -100; return 1; }
}
