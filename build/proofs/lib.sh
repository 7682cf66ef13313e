# For the proofs: checks that count themselves, and a service of one's own on a free port. To be sourced.
# shellcheck shell=bash
passed=0
failed=0
work=$(mktemp -d)
service_pid=
secret=proof-$RANDOM$RANDOM$RANDOM

finish() {
    stop_service KILL
    rm -rf "$work"
}
trap finish EXIT

# check NAME COMMAND…: one row; it holds when the command succeeds.
check() {
    local name=$1
    shift
    if "$@" > "$work/check.log" 2>&1; then
        passed=$((passed + 1))
        echo "- [x] $name"
    else
        failed=$((failed + 1))
        echo "- [ ] **missed**: $name"
        sed 's/^/      /' "$work/check.log" | tail -n 5
    fi
}

note() { echo "- $*"; }

title() { printf '\n## %s\n\n' "$*"; }

free_port() {
    local port
    while :; do
        port=$((20000 + RANDOM % 12000)) # below those that systems give to outgoing connections
        (exec 3<> "/dev/tcp/127.0.0.1/$port") 2> /dev/null || break
    done
    echo "$port"
}

# start_service FOLDER [VAR=VALUE…]: with incoming, active and temp folders in FOLDER; sets $url and $service_pid. PROGRAM: another build of it. STARTED: what must answer, in place of /health/ready.
start_service() {
    local folder=$1
    shift
    mkdir -p "$folder/incoming" "$folder/active" "$folder/temp"
    local port
    port=$(free_port)
    url=http://127.0.0.1:$port
    env SERVICE_PORT="$port" METRICS_PORT=0 API_SECRET_KEY="$secret" INCOMING_FOLDER="$folder/incoming" ACTIVE_FOLDER="$folder/active" \
        TEMP_FOLDER="$folder/temp" "$@" ${STRACE:-} dotnet "${PROGRAM:-src/Web/bin/Release/net10.0/ImageBackend.Web.dll}" > "$folder/service.log" 2>&1 &
    service_pid=$!
    for _ in $(seq 1500); do
        curl -sf "$url${STARTED:-/health/ready}" > /dev/null && return 0
        sleep 0.02
    done
    echo "The service did not start:" >&2
    tail -n 5 "$folder/service.log" >&2
    return 1
}

# stop_service [SIGNAL]: waits for the end, half a minute at most, then kills.
stop_service() {
    [ -n "$service_pid" ] || return 0
    kill -"${1:-TERM}" "$service_pid" 2> /dev/null
    local tries
    for ((tries = 0; tries < 300; tries++)); do
        kill -0 "$service_pid" 2> /dev/null || break
        sleep 0.1
    done
    kill -KILL "$service_pid" 2> /dev/null
    wait "$service_pid" 2> /dev/null
    service_pid=
}

# service_pids: the process ids of the service, its workers and what they run.
service_pids() {
    local all=$service_pid next=$service_pid
    while next=$(pgrep -d, -P "$next"); do all+=,$next; done
    echo "${all//,/ }"
}

# ticks: hundredths of CPU seconds that the service, its workers and those that ended have spent so far.
ticks() {
    local pid
    for pid in $(service_pids); do sed 's/.*) //' "/proc/$pid/stat" 2> /dev/null; done | awk '{ sum += $12 + $13 + $14 + $15 } END { print sum + 0 }'
}

# temp_left FOLDER: prints what is in a temp folder beside the folders of workers, which hold nothing but a lock between jobs.
temp_left() {
    find "$1" -mindepth 1 -maxdepth 1 ! -type d
    find "$1" -mindepth 2 ! -name .lock
}

# upload FILE: prints the key.
upload() { curl -sS -F "file=@$1" "$url/upload" | sed -n 's/^{"success":true,"filename":"\([^"]*\)".*/\1/p'; }

# publish KEY: prints the status.
publish() { curl -sS -o /dev/null -w '%{http_code}' -d "secret=$secret" -d "filename=$1" "$url/publish"; }

# s3_for_tests: sets the variables by which tests find an S3 server; where they are not set, one is started that ends with the proof.
s3_for_tests() {
    [ -z "${S3_TEST_ENDPOINT:-}" ] || return 0
    trap 'build/s3-server stop "$work/s3"; finish' EXIT
    local variables
    variables=$(build/s3-server start "$work/s3" 2> "$work/server.log") || { cat "$work/server.log"; return 1; }
    eval "$(sed 's/^/export /' <<< "$variables")"
}

# run_tests PROJECT FILTER: adds a line for each test to $work/results: its outcome, a tab, the project, a slash, its full name.
run_tests() {
    dotnet test "tests/$1" -c Release --no-build -nologo --filter "$2" --results-directory "$work" --logger "trx;LogFileName=result.trx" > "$work/tests.log" 2>&1
    sed -nE "s#.*<UnitTestResult .*testName=\"([^\"]*)\".* outcome=\"([^\"]*)\".*#\2\t$1/\1#p" "$work/result.trx" >> "$work/results"
    rm -f "$work/result.trx"
}

# all_pass PATTERN…: whether tests of each name were run and none failed; extended regular expressions for `Project/Namespace.Class.Method`.
# Sets $good, $bad and $skipped, and prints what is missing or failed.
all_pass() {
    local pattern all tab=$'\t'
    all=$(IFS='|'; echo "$*")
    good=$(grep -cE "^Passed$tab($all)" "$work/results")
    skipped=$(grep -cE "^NotExecuted$tab($all)" "$work/results")
    bad=$(($(grep -cE "^[A-Za-z]+$tab($all)" "$work/results") - good - skipped))
    grep -E "^[A-Za-z]+$tab($all)" "$work/results" | grep -vE '^(Passed|NotExecuted)'
    for pattern in "$@"; do
        grep -qE "^[A-Za-z]+$tab($pattern)" "$work/results" || { echo "no such test was run: $pattern; $(tail -n 1 "$work/tests.log")"; return 1; }
    done
    [ "$good" -gt 0 ] && [ "$bad" = 0 ]
}

# seen PROJECT FILTER [VAR=VALUE…]: runs tests; what they print goes to $work/seen, their counts to $counts.
seen() {
    local project=$1 filter=$2
    shift 2
    env "$@" dotnet test "tests/$project" -c Release --no-build -nologo --filter "$filter" --logger "console;verbosity=detailed" > "$work/seen" 2>&1
    local status=$?
    counts=$(sed -nE 's/^ +(Passed|Failed|Skipped): +([0-9]+)$/\1 \2/p' "$work/seen" | paste -sd ',' | sed 's/,/, /g')
    grep -E '^ +Failed ' "$work/seen"
    return $status
}

# parts FOLDER: runs all programs of a folder beside this file; their rows count here.
parts() {
    local program line
    for program in "$(dirname "${BASH_SOURCE[0]}")/$1"/*; do
        [ -x "$program" ] || continue # what a program reads
        while IFS= read -r line; do
            echo "$line"
            case $line in
                '- [x] '*) passed=$((passed + 1)) ;;
                '- [ ] '*) failed=$((failed + 1)) ;;
            esac
        done < <("$program" 2>&1)
    done
}

summary() {
    printf '\n%s passed, %s failed\n' "$passed" "$failed"
    [ "$failed" = 0 ]
}
