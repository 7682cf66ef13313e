# The faults of faults.tsv: whether the tests that pin them pass. To be sourced after lib.sh.
# shellcheck shell=bash

# faults FIRST LAST: a row of a table for each, and a check that its tests pass.
faults() {
    local number fact tests commit red project filter patterns
    awk -F '\t' -v first="$1" -v last="$2" '!/^#/ && $1 >= first && $1 <= last' build/proofs/faults.tsv > "$work/faults"
    # Each project once, with the tests of all faults: to start it takes longer than most tests.
    for project in $(cut -f 3 "$work/faults" | tr ' ' '\n' | sed 's#/.*##' | sort -u); do
        filter=$(cut -f 3 "$work/faults" | tr ' ' '\n' | sed -n "s#^$project/#FullyQualifiedName~.#p" | sort -u | paste -sd '|')
        RECORDING_FRAMES=300 run_tests "$project" "$filter"
    done
    while IFS=$'\t' read -r number fact tests commit red; do
        # Web\.Tests/[^(]*\.SecretTests([.(]|$): a class or a method by its whole name, not a word in what a test is given.
        mapfile -t patterns < <(tr ' ' '\n' <<< "$tests" | sed -E 's#\.#\\.#g; s#^([^/]*)/(.*)#\1/[^(]*\\.\2([.(]|$)#')
        check "fault $number" all_pass "${patterns[@]}"
        echo "| $number | $fact | $good passed, $bad failed$([ "$skipped" = 0 ] || echo ", $skipped skipped") | $commit | $red |" >> "$work/table"
    done < "$work/faults"
    printf '\n| fault | what holds | tests | mended by | how its tests were seen to fail |\n|---|---|---|---|---|\n'
    cat "$work/table"
}
