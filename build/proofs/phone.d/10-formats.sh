#!/usr/bin/env bash
# HEIC, AVIF and WebP, made on the spot, beside the same picture sent as JPEG or PNG.
set -uo pipefail
here=$(dirname "$0")
. "$here/../lib.sh"
convert=/usr/bin/convert
for tool in "$convert" /usr/bin/heif-enc /usr/bin/heif-convert /usr/bin/cwebp /usr/bin/exiftool; do
    [ -x "$tool" ] || { echo "- [ ] **missed**: $tool is missing; build/install-test-tools says how to get it"; exit 1; }
done

size=1200x800

# photo WIDTHxHEIGHT: four corners of different colours, with soft transitions, as a PNG.
photo() {
    $convert -size 2x2 xc: -fill 'rgb(210,60,50)' -draw 'point 0,0' -fill 'rgb(60,170,70)' -draw 'point 1,0' \
        -fill 'rgb(50,60,200)' -draw 'point 0,1' -fill 'rgb(225,220,205)' -draw 'point 1,1' -filter triangle -resize "$1!" -depth 8 "png24:$2"
}

# oriented ORIENTATION FILE: a JPEG that looks like the photo once its EXIF is respected.
oriented() {
    local undo
    case $1 in
        2) undo=-flop ;; 3) undo='-rotate 180' ;; 4) undo=-flip ;; 5) undo=-transpose ;; 6) undo='-rotate 270' ;; 7) undo=-transverse ;; 8) undo='-rotate 90' ;; *) undo= ;;
    esac
    # shellcheck disable=SC2086 # options
    $convert "$work/photo.png" $undo -quality 97 -sampling-factor 1x1 "$2"
    exiftool -q -overwrite_original -n -Orientation="$1" -DateTimeOriginal='2026:07:14 09:31:05' "$2"
}

heic() { heif-enc -q 92 "$@" > /dev/null 2>&1; }
avif() { heif-enc -A -q 92 -p speed=8 "$@" > /dev/null 2>&1; }
webp() { cwebp -quiet -q 98 -sharp_yuv -metadata all "$1" -o "$2"; }

# make: files with their reference in $work/list: file, reference.
make_files() {
    local i format
    photo "$size" "$work/photo.png"
    add() { echo "$1 $2" >> "$work/list"; }
    for i in 1 2 3 4 5 6 7 8; do
        oriented "$i" "$work/o$i.jpg"
        $convert "$work/o$i.jpg" -strip "png24:$work/bare$i.png"
        webp "$work/o$i.jpg" "$work/exif$i.webp" && add "exif$i.webp" o1.jpg
        for format in heic avif; do
            $format "$work/o$i.jpg" -o "$work/own$i.$format" && add "own$i.$format" o1.jpg
            $format "$work/bare$i.png" -o "$work/exif$i.$format"
            exiftool -q -overwrite_original -n -Orientation="$i" "$work/exif$i.$format" && add "exif$i.$format" o1.jpg
        done
    done
    $convert "$work/photo.png" -colorspace Gray -quality 97 "$work/grey.jpg"
    $convert "$work/photo.png" -quality 97 -sampling-factor 1x1 "$work/p3.jpg"
    python3 "$here/display-p3.py" > "$work/p3.icc"
    exiftool -q -overwrite_original "-icc_profile<=$work/p3.icc" "$work/p3.jpg"
    $convert "$work/photo.png" \( -size "$size" gradient:white-black \) -alpha off -compose copyopacity -composite -define png:exclude-chunks=gAMA,cHRM "png32:$work/alpha.png"
    photo 1201x799 "$work/odd.png"
    $convert "$work/odd.png" -quality 97 -sampling-factor 1x1 "$work/odd.jpg"
    $convert "$work/photo.png" -depth 16 "png48:$work/deep.png"
    for format in webp heic avif; do
        $format "$work/grey.jpg" $([ $format = webp ] || echo -o) "$work/grey.$format" && add "grey.$format" grey.jpg
        $format "$work/p3.jpg" $([ $format = webp ] || echo -o) "$work/p3.$format" && add "p3.$format" p3.jpg
        $format "$work/alpha.png" $([ $format = webp ] || echo -o) "$work/alpha.$format" && add "alpha.$format" alpha.png
        $format "$work/odd.png" $([ $format = webp ] || echo -o) "$work/odd.$format" && add "odd.$format" odd.jpg
    done
    for format in heic avif; do
        $format -b 10 "$work/deep.png" -o "$work/deep.$format" && add "deep.$format" o1.jpg
        $format -t 320 "$work/photo.png" -o "$work/preview.$format" && add "preview.$format" o1.jpg
        $format -p chroma=444 "$work/photo.png" -o "$work/full.$format" && add "full.$format" o1.jpg
        $format "$work/photo.png" "$work/bare6.png" -o "$work/two.$format" && add "two.$format" o1.jpg
    done
    cwebp -quiet -lossless "$work/photo.png" -o "$work/lossless.webp" && add lossless.webp o1.jpg
}

# fields FILE: 8x8 averages as numbers, on white.
fields() { $convert "$1" -background white -flatten -colorspace sRGB -scale '8x8!' -depth 8 rgb:- | od -An -v -tu1 | tr -s ' \n' '\n' | grep .; }

sizes() { sed 's/.*"thumbnails"://' <<< "$1" | grep -oE '"(width|height)":[0-9]+' | tr -d '\n'; }

# alike FILE REFERENCE: sends both and compares what was made of them.
alike() {
    local answer reference worst
    answer=$(curl -sS -F "file=@$work/$1" "$url/upload")
    reference=$(curl -sS -F "file=@$work/$2" "$url/upload")
    key() { sed -n 's/^{"success":true,"filename":"\([^"]*\)".*/\1/p' <<< "$1"; }
    [ -n "$(key "$answer")" ] || { echo "$1: $answer"; return 1; }
    grep -q "\"convertedFrom\":\"${1##*.}\"" <<< "$answer" || { echo "$1: $answer"; return 1; }
    [ "$(sizes "$answer")" = "$(sizes "$reference")" ] || { echo "$1: other sizes: $(sizes "$answer")"; return 1; }
    thumbnail() { echo "$work/site/incoming/${1%.*}BI.${1##*.}"; }
    worst=$(paste <(fields "$(thumbnail "$(key "$answer")")") <(fields "$(thumbnail "$(key "$reference")")") |
        awk '{ d = $1 - $2; if (d < 0) d = -d; if (d > most) most = d } END { print most + 0 }')
    echo "$worst $1" >> "$work/worst"
    [ "$worst" -le 3 ] || { echo "$1: $worst levels away"; return 1; }
    exiftool -n -s3 -Orientation "$work/site/incoming/$(key "$answer")" | grep -qvx 1 && { echo "$1: its orientation is not 1"; return 1; }
    return 0
}

all_alike() {
    local status=0 file reference
    while read -r file reference; do alike "$file" "$reference" || status=1; done < "$work/list"
    return $status
}

title "Photos in HEIC, AVIF and WebP"
make_files 2> /dev/null # encoders are loud, and one aborts on what it should refuse
start_service "$work/site" || exit 1
count=$(wc -l < "$work/list")
enough() { [ "$count" -ge 60 ] || { echo "$count files could be made"; return 1; }; }
check "$count files were made: 8 orientations by EXIF and by the container, Display P3, transparency, 10 bits, grey, full colour, odd sizes, previews, two pictures" enough
check "each is taken, upright, with the thumbnail sizes of the same picture sent as JPEG or PNG, and its colours within 3 levels" all_alike
note "the farthest colour: $(sort -n "$work/worst" | tail -1 | awk '{ print $1 " levels (" $2 ")" }')"
nothing_else() { [ "$(find "$work/site/incoming" -type f -not -path '*/.*' | wc -l)" = $((count * 2 * 4)) ] && [ -z "$(temp_left "$work/site/temp")" ]; }
check "nothing else is left in storage or in the temp folder" nothing_else
stop_service

title "What a HEIC of 12 megapixels costs"
photo 4032x3024 "$work/large.png"
$convert "$work/large.png" -attenuate 0.2 +noise Gaussian -quality 95 "$work/large.jpg"
heif-enc -q 60 "$work/large.jpg" -o "$work/large.heic" > /dev/null 2>&1

# What heif-convert takes: CPU seconds and kB at most.
decode() {
    python3 - "$work/large.heic" "$work/decoded.jpg" <<'PYTHON'
import resource, subprocess, sys
for _ in range(5):
    subprocess.run(["heif-convert", "-q", "92", *sys.argv[1:]], check=True, stdout=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(round((used.ru_utime + used.ru_stime) / 5, 3), used.ru_maxrss)
PYTHON
}

# cost FILE: CPU seconds of an upload on the average of five, and kB of the worker at most.
cost() {
    start_service "$work/cost" DECODE_WORKERS=1 || return 1
    upload "$1" > /dev/null
    upload "$1" > /dev/null
    local before worker
    before=$(ticks)
    for _ in 1 2 3 4 5; do upload "$1" > /dev/null; done
    worker=$(pgrep -P "$service_pid" | head -1)
    echo "$(awk -v all="$(($(ticks) - before))" 'BEGIN { print all / 500 }') $(awk '/VmHWM/ { print $2 }' "/proc/$worker/status")"
    stop_service
}

read -r decoding_cpu decoding_memory < <(decode)
read -r jpeg_cpu jpeg_memory < <(cost "$work/decoded.jpg")
read -r heic_cpu heic_memory < <(cost "$work/large.heic")
echo "| | CPU seconds | memory at most |"
echo "|---|---|---|"
echo "| \`heif-convert\` alone | $decoding_cpu | $((decoding_memory / 1000)) MB |"
echo "| the upload of its JPEG | $jpeg_cpu | $((jpeg_memory / 1000)) MB (the worker) |"
echo "| the upload of the HEIC | $heic_cpu | $((heic_memory / 1000)) MB (the worker), beside \`heif-convert\` |"
echo
within() { awk -v all="$1" -v parts="$2" 'BEGIN { print all / parts; exit !(all <= 1.15 * parts) }'; }
check "CPU: at most 15 % more than both in turn" within "$heic_cpu" "$(awk -v a="$decoding_cpu" -v b="$jpeg_cpu" 'BEGIN { print a + b }')"
check "memory: at most 15 % more than both together" within "$((heic_memory + decoding_memory))" "$((jpeg_memory + decoding_memory))"
note "CPU: $(awk -v a="$heic_cpu" -v b="$decoding_cpu" -v c="$jpeg_cpu" 'BEGIN { printf "%.2f", a / (b + c) }') of both in turn"

title "Hostile and odd ones"
foreign() { seen Infrastructure.Tests "FullyQualifiedName~Imaging.Foreign" CI=true; }
check "sizes of 100,000 x 100,000, 1,000 tiles, cut off, senseless EXIF, brands that lie, transparency of another size, a frame outside its canvas, tiles, depth maps: taken right or refused with a code" foreign
note "$counts"
through() { seen Web.Tests "FullyQualifiedName~HeicUploadTests|FullyQualifiedName~ForeignUploadTests" CI=true; }
check "a decoder that hangs, is killed or fails gives a clear answer and leaves nothing; confinement, settings, STRIP_ORIGINAL" through
note "$counts"
summary > /dev/null
