#!/usr/bin/env bash
# Resumable uploads by the clients that sites use, over a line that breaks and stalls and while the service is killed; many that are abandoned;
# and the corpus, by IMAGE_CORPUS. CUTS, KILLS, STALL (seconds), UPLOADS and SEED change the counts.
set -uo pipefail
cd "$(dirname "$0")/../../.."
# shellcheck source=build/proofs/lib.sh
. build/proofs/lib.sh

seed=${SEED:-$RANDOM}

# told NAME FILTER [VAR=VALUE…]: a row, and what the tests measured.
told() {
    local name=$1 filter=$2
    shift 2
    check "$name" passes "$filter" "$@"
    sed -n 's/^ *clients | /- /p' "$work/seen"
}

# passes FILTER [VAR=VALUE…]: whether the tests ran, and none failed or was skipped.
passes() {
    local filter=$1
    shift
    seen Web.Tests "$filter" "$@" && [[ $counts == 'Passed '* && $counts != *Skipped* ]] || { echo "$counts"; return 1; }
}

title "Resumable uploads"
note "seed $seed; $(node --version) with tus-js-client $(sed -n 's/.*"version": "\(.*\)",/\1/p' tests/Clients/node_modules/tus-js-client/package.json), Uppy $(sed -n 's/.*"version": "\(.*\)",/\1/p' tests/Clients/node_modules/@uppy/core/package.json) in $(/usr/bin/chromium --version 2> /dev/null)"
clients=(TUS_CUTS="${CUTS:-10}" TUS_KILLS="${KILLS:-5}" TUS_STALL="${STALL:-35}" TUS_SEED="$seed")
told "tus-js-client: the stored original is byte-identical" 'FullyQualifiedName~RealClientTests.tus_js_client_ends' "${clients[@]}"
told "Uppy in Chromium: the stored original is byte-identical" 'FullyQualifiedName~RealClientTests.Uppy' "${clients[@]}"
told "tus-js-client is told what is wrong, and begins anew when an upload is lost" 'FullyQualifiedName~RealClientTests.tus_js_client_is_told'
told "killed before and after every call of the storage, it makes one image" 'FullyQualifiedName~ResumableCrashTests' CRASH_EVERY=1
told "half of the uploads abandoned: temp is empty after expiry, memory flat" 'FullyQualifiedName~AbandonedUploadTests' TUS_UPLOADS="${UPLOADS:-200}"
told "the corpus gets the verdicts of /upload" 'FullyQualifiedName~ResumableCorpusTests' TUS_CORPUS_EVERY=1
told "every wrong request has a clear answer and leaves nothing" 'FullyQualifiedName~BadResumableTests|FullyQualifiedName~BrokenLineTests|FullyQualifiedName~ReceiveBudgetTests'
summary
