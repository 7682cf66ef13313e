# Line coverage of each layer over the given Cobertura files: a line is covered if any of them hits it.
# Variables: layers (assembly names), least (per cent). Exit code 1 if a layer is below it.

function attribute(name,    from) {
    from = index($0, " " name "=\"")
    if (from == 0) return ""
    from += length(name) + 3
    return substr($0, from, index(substr($0, from), "\"") - 1)
}

# Paths are relative to a folder that differs from file to file.
/<source>/ { root = $0; gsub(/.*<source>|<\/source>.*/, "", root) }
/<package / { package = attribute("name") }
/<class / { file = root attribute("filename") }
/<line / {
    line = package SUBSEP file SUBSEP attribute("number")
    if (!(line in hit)) { hit[line] = 0; lines[package]++ }
    if (attribute("hits") > 0 && !hit[line]) { hit[line] = 1; covered[package]++ }
}

END {
    count = split(layers, names, " ")
    for (i = 1; i <= count; i++) {
        name = names[i]
        if (lines[name] == 0) { print "Line coverage of " name ": not measured"; low = 1; continue }
        percent = 100 * covered[name] / lines[name]
        printf "Line coverage of %s: %.1f %% of %d lines%s\n", name, percent, lines[name], percent < least ? ", below " least " %" : ""
        if (percent >= least) continue
        low = 1
        for (line in hit) {
            split(line, part, SUBSEP)
            if (part[1] == name && !hit[line]) print "  not covered: " part[2] ":" part[3] | "sort -t: -k2,2 -k3,3n"
        }
        close("sort -t: -k2,2 -k3,3n")
    }
    exit low
}
