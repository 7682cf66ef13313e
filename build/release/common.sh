# Shared by the scripts of this folder. They act on the git repository of the current folder.
export LC_ALL=C

number='(0|[1-9][0-9]*)'
part='(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)'
release_tag="^v$number\.$number\.$number\$"
version_tag="^v$number\.$number\.$number(-$part(\.$part)*)?\$"

fail() { # MESSAGE [EXIT CODE]
    echo "${0##*/}: $1" >&2
    exit "${2:-1}"
}

misused() { fail "$1 (--help explains the options)" 2; }

# The comment at the start of the script.
help() { sed -n '2,/^[^#]/{ s/^# \{0,1\}//p; }' "$0"; }

# releases [OPTION…]: the versions that are released, such as 1.2.3, from the lowest to the highest. Options are those of `git tag`.
releases() {
    local tag
    for tag in $(git tag --list "$@" 'v*'); do
        if [[ $tag =~ $release_tag ]]; then
            echo "${tag#v}"
        fi
    done | sort -t. -k1,1n -k2,2n -k3,3n
}

# highest PREFIX [OPTION…]: the highest release whose version begins so.
highest() { releases "${@:2}" | awk -v prefix="$1" 'index($0, prefix) == 1 { found = $0 } END { print found }'; }

# read_ref [KIND NAME]: sets `kind` (tag, branch or request) and `name` of what is built: by the arguments, or as the CI says it, or as
# it is checked out.
read_ref() {
    kind=${1:-} name=${2:-}
    if [[ $kind ]]; then
        return
    elif [[ ${GITHUB_EVENT_NAME:-} == pull_request* || ${GITHUB_REF:-} == refs/pull/* ]]; then
        kind=request name=${GITHUB_REF:-}
    elif [[ ${CHANGE_ID:-} ]]; then
        kind=request name=$CHANGE_ID
    elif [[ ${GITHUB_REF:-} == refs/tags/* ]]; then
        kind=tag name=${GITHUB_REF#refs/tags/}
    elif [[ ${GITHUB_REF:-} == refs/heads/* ]]; then
        kind=branch name=${GITHUB_REF#refs/heads/}
    elif [[ ${TAG_NAME:-} ]]; then
        kind=tag name=$TAG_NAME
    elif [[ ${BRANCH_NAME:-} ]]; then
        kind=branch name=$BRANCH_NAME
    elif name=$(git symbolic-ref --quiet --short HEAD); then
        kind=branch
    else
        read_detached
    fi
}

# Of several tags at one commit, only a person knows which one is meant: v1.2.3-rc1 became v1.2.3.
read_detached() {
    local tag tags=()
    for tag in $(git tag --points-at HEAD); do
        [[ $tag =~ $version_tag ]] && tags+=("$tag")
    done
    ((${#tags[@]} > 0)) || fail 'no branch is checked out, and no version tag points at this commit: name one by --tag or --branch'
    ((${#tags[@]} == 1)) || fail "no branch is checked out, and this commit has several version tags (${tags[*]}): name one by --tag"
    kind=tag name=${tags[0]}
}

need_repository() { git rev-parse --git-dir >/dev/null 2>&1 || fail "$PWD is not in a git repository"; }

# Which versions there are decides which tags move.
need_history() {
    [[ $(git rev-parse --is-shallow-repository) == false ]] ||
        fail 'this clone is shallow, so it does not show which versions there are: git fetch --unshallow --tags'
}

need_checked_out_tag() { # NAME
    local commit
    commit=$(git rev-parse --quiet --verify "refs/tags/$1^{commit}") || fail "the tag '$1' is not in this clone: git fetch --tags"
    [[ $commit == "$(git rev-parse HEAD)" ]] || fail "the tag '$1' is not what is checked out: git checkout $1"
}
