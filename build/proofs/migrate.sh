# What is claimed of `images migrate`: 10,000 images of a V5 site (MIGRATE_IMAGES of them, to try it), and of a million (MIGRATE_MANY). To be sourced after lib.sh.
# shellcheck shell=bash
. "$(dirname "${BASH_SOURCE[0]}")/postgres.sh"
images=${MIGRATE_IMAGES:-10000}
many_images=${MIGRATE_MANY:-1000000}
site=$work/migrated # others have folders of these names
old=$site/old/active

finish_migrate() {
    stop_postgres
    finish
}
trap finish_migrate EXIT

# What the old site has: its files, with a raster beside each drawing, and rows with several versions and without a name.
make_old_site() {
    mkdir -p "$old" "$site/bases"
    local i
    for i in $(seq 0 39); do
        /usr/bin/convert -seed "$i" -size 320x240 plasma:fractal -quality 85 "$site/bases/$i.jpg" || return 1
    done
    for i in $(seq 0 4); do
        /usr/bin/convert "$site/bases/$i.jpg" -resize 160x "$site/bases/$i.png" && /usr/bin/convert "$site/bases/$i.jpg" -resize 120x "$site/bases/$i.gif" || return 1
        echo "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"200\" height=\"100\"><rect width=\"$((i * 10 + 20))\" height=\"50\" fill=\"red\"/></svg>" > "$site/bases/$i.svg"
    done
    # Each file has bytes of its own: a comment at the end, where a decoder does not look; a drawing has one in it.
    for ((i = 1; i <= images; i++)); do
        local stem=$((1000000000 + i))_$((i * 7919))
        case $((i % 20)) in
            0)
                cp "$site/bases/$((i % 5)).png" "$old/$stem.png"
                sed "s#<rect#<desc>$i</desc><rect#" "$site/bases/$((i % 5)).svg" > "$old/$stem.svg"
                ;;
            1) { cat "$site/bases/$((i % 5)).gif"; echo "$i"; } > "$old/$stem.gif" ;;
            2 | 3) { cat "$site/bases/$((i % 5)).png"; echo "$i"; } > "$old/$stem.png" ;;
            *) { cat "$site/bases/$((i % 40)).jpg"; echo "$i"; } > "$old/$stem.jpg" ;;
        esac
    done
    sql postgres 'CREATE DATABASE v5' && sql v5 << SQL
CREATE TABLE app_documents_archives (
    document_archive_id serial PRIMARY KEY, id integer NOT NULL DEFAULT 0, module character varying(20) NOT NULL DEFAULT 'images',
    is_protected boolean NOT NULL DEFAULT FALSE, redirects_to integer, is_latest_version boolean);
CREATE TABLE app_images_archives (
    image_archive_id serial PRIMARY KEY, filename character varying(30), has_svg boolean DEFAULT FALSE,
    width smallint, height smallint, file_size integer) INHERITS (app_documents_archives);
CREATE FUNCTION name_of(i bigint) RETURNS text LANGUAGE sql AS
    \$\$ SELECT (1000000000 + i) || '_' || (i * 7919) || CASE WHEN i % 20 IN (0, 2, 3) THEN '.png' WHEN i % 20 = 1 THEN '.gif' ELSE '.jpg' END \$\$;
INSERT INTO app_images_archives (filename, has_svg) SELECT name_of(i), i % 20 = 0 FROM generate_series(1, $images) i;
INSERT INTO app_images_archives (filename, has_svg) SELECT name_of(i), CASE i % 2 WHEN 0 THEN NULL ELSE FALSE END FROM generate_series(1, $images, 3) i;
INSERT INTO app_images_archives (filename) SELECT NULL FROM generate_series(1, $((images / 100))) i;
CREATE ROLE reader LOGIN;
GRANT SELECT ON app_images_archives TO reader;
SQL
}

# migrate FOLDER [OPTION…]: runs it into the folders below FOLDER; its last lines are in FOLDER/migrate.log.
migrate() {
    local folder=$1
    shift
    mkdir -p "$folder/incoming" "$folder/active" "$folder/temp"
    INCOMING_FOLDER=$folder/incoming ACTIVE_FOLDER=$folder/active TEMP_FOLDER=$folder/temp \
        V5_DATABASE_URL=postgresql://reader@127.0.0.1:$postgres_port/v5 V5_IMAGES_URL="$url/active/" \
        exec dotnet src/Console/bin/Release/net10.0/images.dll migrate -p 1000 "$@" > "$folder/migrate.log" 2>&1
}

says() { cat "$1/migrate.log" | tail -n 5 && grep -qF "$2" "$1/migrate.log"; }

# Everything with its size and time, recipes too.
state() { find "$1/active" -type f -printf '%P %s %T@\n' | sort | sha256sum; }

first() {
    (migrate "$site/first") && says "$site/first" "Images: $images, skipped: 0, processed: $images, errors: 0"
}

# An original is a name that ends with a digit; a drawing was sanitised.
whole() {
    local folder=$1
    (cd "$folder/active" && find . -maxdepth 1 -name '*_*[0-9].*' -printf '%f\n' | sort) > "$site/originals"
    [ "$(wc -l < "$site/originals")" = "$images" ] || return 1
    [ "$(find "$folder/active" -maxdepth 1 -type f | wc -l)" = $((4 * images)) ] || return 1
    [ "$(cut -d. -f1 "$site/originals" | sort -u | wc -l)" = "$images" ] || return 1
    (cd "$old" && grep -v svg "$site/originals" | xargs sha256sum) > "$site/sums" && (cd "$folder/active" && sha256sum --quiet --check "$site/sums")
}

again() {
    local before
    before=$(state "$site/first")
    (migrate "$site/first") && says "$site/first" "Images: $images, skipped: $images, processed: 0, errors: 0" && [ "$(state "$site/first")" = "$before" ]
}

# Originals in active that lack a thumbnail.
halves() {
    (cd "$1/active" && find . -maxdepth 1 -name '*_*[0-9].*' -printf '%f\n') | while IFS=. read -r stem extension; do
        [ "$extension" != svg ] || extension=jpg
        for suffix in BI MI SI; do [ -s "$1/active/$stem$suffix.$extension" ] || echo "$stem"; done
    done
}

killed() {
    local round at pid
    mkdir -p "$site/killed/active"
    for round in 0 1 2 3 4; do
        at=$((round * images * 4 / 5 + RANDOM % (images * 4 / 6) + 1))
        migrate "$site/killed" &
        pid=$!
        while kill -0 "$pid" 2> /dev/null && [ "$(find "$site/killed/active" -maxdepth 1 -type f | wc -l)" -lt "$at" ]; do sleep 0.1; done
        kill -KILL "$pid" || return 1 # or it came to its end
        wait "$pid" 2> /dev/null
        echo "$(find "$site/killed/active" -maxdepth 1 -type f | wc -l)" >> "$site/kills"
        [ -z "$(halves "$site/killed")" ] || return 1
    done
    (migrate "$site/killed") || return 1
    tail -n 2 "$site/killed/migrate.log"
    diff -r "$site/first/active" "$site/killed/active" && [ -z "$(ls -A "$site/killed/temp")" ] && [ -z "$(find "$site/killed/incoming" -type f)" ]
}

only_reads() {
    # DISCARD ALL makes a connection as new when it is given back to the pool.
    grep -aE '^reader (LOG:  (statement|execute)|ERROR)' "$postgres_log" | grep -avE '(statement|execute [^:]*): (SELECT|DISCARD ALL)' | head -n 5 > "$site/other"
    cat "$site/other"
    [ ! -s "$site/other" ] && [ "$(grep -acE '^reader LOG:  execute [^:]*: SELECT' "$postgres_log")" -gt 0 ] \
        && [ "$(sql v5 "SELECT n_tup_upd + n_tup_del FROM pg_stat_user_tables WHERE relname = 'app_images_archives'")" = 0 ] \
        && [ "$(sql v5 "SELECT string_agg(privilege_type, ',') FROM information_schema.table_privileges WHERE grantee = 'reader'")" = SELECT ]
}

# A database or a server of originals that goes away in the midst of it: exit 3 and a sentence, not failures without end.
database_gone() {
    sql v5 "INSERT INTO app_images_archives (filename) SELECT name_of(1) FROM generate_series(1, 5000)" || return 1 # a page more
    migrate "$site/gone" -j 1 &
    local pid=$!
    while [ "$(find "$site/gone/active" -maxdepth 1 -type f 2> /dev/null | wc -l)" -lt 20 ]; do sleep 0.1; done
    stop_postgres
    wait "$pid"
    [ $? = 3 ] && says "$site/gone" "can't be reached"
}

originals_gone() {
    migrate "$site/alone" &
    local pid=$!
    while [ "$(find "$site/alone/active" -maxdepth 1 -type f 2> /dev/null | wc -l)" -lt 20 ]; do sleep 0.1; done
    stop_service KILL
    wait "$pid"
    [ $? = 3 ] && says "$site/alone" "gives none" && [ "$(grep -c '^Failed' "$site/alone/migrate.log")" -lt 50 ] && [ -z "$(halves "$site/alone")" ]
}

# A million images of which each is looked for in storage and nothing is fetched: MB that the program takes, ten times on the way.
many_rows() {
    sql postgres 'CREATE DATABASE many' && sql many << SQL || return 1
CREATE TABLE app_images_archives (image_archive_id serial PRIMARY KEY, filename character varying(30), has_svg boolean DEFAULT FALSE);
INSERT INTO app_images_archives (filename) SELECT (1000000000 + i) || '_' || i || '.jpg' FROM generate_series(1, $many_images) i;
CREATE INDEX ON app_images_archives (filename);
ANALYZE app_images_archives;
GRANT SELECT ON app_images_archives TO reader;
SQL
    mkdir -p "$site/many/incoming" "$site/many/active" "$site/many/temp"
    # In a subshell, so that the process is the program itself.
    (INCOMING_FOLDER=$site/many/incoming ACTIVE_FOLDER=$site/many/active TEMP_FOLDER=$site/many/temp \
        V5_DATABASE_URL=postgresql://reader@127.0.0.1:$postgres_port/many V5_IMAGES_URL="$old" \
        exec dotnet src/Console/bin/Release/net10.0/images.dll migrate --dry-run --report "$site/many/report" > "$site/many/log" 2>&1) &
    local pid=$! next=1 lines
    while kill -0 "$pid" 2> /dev/null; do
        lines=$(grep -c '^Processed' "$site/many/log")
        if [ "$lines" -ge $((next * many_images / 10)) ]; then
            awk '/^VmRSS/ { print int($2 / 1024) }' "/proc/$pid/status" >> "$site/many/memory"
            next=$((next + 1))
        fi
        sleep 0.5
    done 2> /dev/null
    wait "$pid" && grep -qF "Images: $many_images, skipped: 0, processed: $many_images, errors: 0" "$site/many/log"
}
flat() { awk '{ if ($1 > most) most = $1 } NR == 2 { early = $1 } END { exit !(most > 0 && most < 150 && most <= early + 30) }' "$site/many/memory"; }

title "Migrate"
check "an old site with $images images: PostgreSQL, and its files by HTTP" eval 'start_postgres && make_old_site && start_service "$site/old"'
check "all are migrated" first
note "$(grep 'Total duration' "$site/first/migrate.log"), $(nproc) cores"
check "each once, with its three thumbnails, originals byte for byte, no raster of a drawing" whole "$site/first"
check "the second run skips all and writes nothing" again
note "$(grep 'Total duration' "$site/first/migrate.log")"
check "SIGKILL at five random moments and a last run: the same bytes, recipes too; no original without its thumbnails in between" killed
note "objects in active at each kill: $(tr '\n' ' ' < "$site/kills")of $((4 * images))"
check "the database saw only reads, by a role with SELECT alone" only_reads
check "the server of originals goes away: exit 3, a sentence, few failures" originals_gone
note "$(grep -a 'gives none' "$site/alone/migrate.log" | tail -n 1)"
check "the database goes away: exit 3 and a sentence" eval 'start_service "$site/old" && database_gone'
note "$(grep -a "can't be reached" "$site/gone/migrate.log" | tail -n 1)"
stop_service
check "a dry run over $many_images images of the database" eval 'start_postgres && many_rows'
note "resident at each tenth: $(paste -sd ' ' "$site/many/memory" 2> /dev/null) MB; $(grep 'Total duration' "$site/many/log")"
check "below 150 MB, and not growing" flat
stop_postgres
