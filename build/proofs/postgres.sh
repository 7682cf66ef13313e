# A PostgreSQL server of one's own, on a free port of this machine, with its data in $work. To be sourced after lib.sh.
# shellcheck shell=bash
postgres_pid=
postgres_log=$work/postgres.log
postgres_bin=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)

# The server refuses to run as root; as nobody it needs a folder of its own and the way to it.
as_nobody=()
[ "$(id -u)" != 0 ] || as_nobody=(setpriv --reuid=nobody --regid=nogroup --clear-groups)

# start_postgres: sets $postgres (an address without its database's name) and logs every statement to $postgres_log.
start_postgres() {
    if [ ! -d "$work/postgres" ]; then
        mkdir "$work/postgres"
        if [ "$(id -u)" = 0 ]; then
            chmod o+x "$work"
            chown nobody "$work/postgres"
        fi
        "${as_nobody[@]}" "$postgres_bin/initdb" -D "$work/postgres/data" -U postgres --auth=trust --no-sync -E UTF8 --no-locale > /dev/null || return 1
        postgres_port=$(free_port)
    fi
    postgres=postgresql://postgres@127.0.0.1:$postgres_port
    "${as_nobody[@]}" "$postgres_bin/postgres" -D "$work/postgres/data" -p "$postgres_port" -c listen_addresses=127.0.0.1 \
        -c unix_socket_directories= -c fsync=off -c log_statement=all -c log_line_prefix='%u ' >> "$postgres_log" 2>&1 &
    postgres_pid=$!
    for _ in $(seq 300); do
        sql postgres 'SELECT 1' > /dev/null 2>&1 && return 0
        sleep 0.1
    done
    tail -n 5 "$postgres_log" >&2
    return 1
}

# stop_postgres: at once, as when its machine loses power.
stop_postgres() {
    [ -n "$postgres_pid" ] || return 0
    kill -QUIT "$postgres_pid" 2> /dev/null
    wait "$postgres_pid" 2> /dev/null
    postgres_pid=
}

# sql DATABASE [STATEMENT]: one as an argument, or many from standard input.
sql() {
    local database=$1
    shift
    "$postgres_bin/psql" -qAtX -v ON_ERROR_STOP=1 ${1:+-c "$1"} "$postgres/$database"
}

# within SECONDS DATABASE QUERY ANSWER: waits until the query has that answer, for at most so long.
within() {
    local end=$((SECONDS + $1))
    until [ "$(sql "$2" "$3")" = "$4" ]; do
        ((SECONDS < end)) || return 1
        sleep 0.5
    done
}
