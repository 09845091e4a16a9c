#!/bin/sh
# Every corpus through its target, under ASan and UBSan; counted as tests.
set -eu
build=${BUILD:-build/asan}
passed=0 failed=0
for source in tests/fuzz/fuzz_*.c; do
    [ -e "$source" ] || continue
    name=$(basename "$source" .c)
    name=${name#fuzz_}
    if output=$("$build/tests/fuzz/replay_$name" "tests/fuzz/corpus/$name" 2>&1); then
        n=$(printf '%s\n' "$output" | sed -n '$s/.*: \([0-9]*\) passed.*/\1/p')
        passed=$((passed + n))
    else
        printf 'FAILED: %s\n%s\n' "$name" "$output"
        failed=$((failed + 1))
    fi
done
echo "test_replay: $passed passed, $failed failed"
[ "$failed" = 0 ]
