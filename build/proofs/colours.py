"""Makes PNGs that tell their colours in every way, and compares their thumbnails with what a browser drew of the PNGs."""
import base64, json, re, struct, subprocess, sys, zlib

COLOURS = [(200, 60, 60), (60, 200, 60), (60, 60, 200), (128, 128, 128)]
PLACES = [(10, 10), (30, 10), (10, 30), (30, 30)]
SIDE = 40
# Saturated colours brighter than the screen: a browser maps the three channels together, a profile maps each by itself.
APART = ("cicp-pq", "cicp-pq-709", "cicp-hlg")


def chunk(name, content):
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png(chunks, depth):
    rows = b""
    for y in range(SIDE):
        row = [COLOURS[(y >= SIDE // 2) * 2 + (x >= SIDE // 2)] for x in range(SIDE)]
        rows += b"\0" + b"".join(bytes(c) if depth == 8 else struct.pack(">3H", *(v * 257 for v in c)) for c in row)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", SIDE, SIDE, depth, 2, 0, 0, 0)) + b"".join(chunks)
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def gama(value):
    return chunk(b"gAMA", struct.pack(">I", value))


def chrm(*values):
    return chunk(b"cHRM", struct.pack(">8I", *values))


def cicp(primaries, curve, whole=1):
    return chunk(b"cICP", bytes([primaries, curve, 0, whole]))


SRGB = (31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)
P3 = (31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000)
KINDS = {
    "plain": [], "gama-1.0": [gama(100000)], "gama-0.55": [gama(55555)], "gama-0.45455": [gama(45455)],
    "gama-1.0-chrm-srgb": [gama(100000), chrm(*SRGB)], "gama-0.45455-chrm-srgb": [gama(45455), chrm(*SRGB)],
    "gama-0.45455-chrm-p3": [gama(45455), chrm(*P3)], "chrm-p3-alone": [chrm(*P3)],
    "srgb-beats-gama": [chunk(b"sRGB", b"\0"), gama(100000)], "cicp-beats-gama": [cicp(12, 13), gama(100000)],
    "cicp-p3": [cicp(12, 13)], "cicp-p3-709": [cicp(12, 1)], "cicp-709": [cicp(1, 1)], "cicp-2020-srgb": [cicp(9, 13)],
    "cicp-2020": [cicp(9, 14)], "cicp-linear": [cicp(1, 8)], "cicp-gamma-2.2": [cicp(1, 4)], "cicp-gamma-2.8": [cicp(1, 5)],
    "cicp-pq": [cicp(9, 16)], "cicp-pq-709": [cicp(1, 16)], "cicp-hlg": [cicp(9, 18)], "cicp-240": [cicp(1, 7)],
    "cicp-dci-p3": [cicp(11, 13)], "cicp-601": [cicp(5, 6)], "cicp-470m": [cicp(4, 4)], "cicp-unknown": [cicp(200, 13)],
    "cicp-limited": [cicp(12, 13, 0)], "cicp-unspecified": [cicp(2, 2)],
}


def make(folder):
    page = "<pre id=o></pre>"
    for depth in (8, 16):
        for name, chunks in KINDS.items():
            data = png(chunks, depth)
            open(f"{folder}/{name}-{depth}.png", "wb").write(data)
            page += f'<img id="{name}-{depth}" src="data:image/png;base64,{base64.b64encode(data).decode()}">'
    page += ("<script>onload=()=>{let o={};for(const i of document.images){const c=document.createElement('canvas');c.width=c.height=%d;"
             "const x=c.getContext('2d',{willReadFrequently:true});x.drawImage(i,0,0);"
             "o[i.id]=%s.map(p=>[...x.getImageData(p[0],p[1],1,1).data].slice(0,3))}"
             "document.getElementById('o').textContent=JSON.stringify(o)}</script>" % (SIDE, json.dumps(PLACES)))
    open(f"{folder}/page.html", "w").write(page)


def compare(folder, url):
    seen = json.loads(re.search(r'<pre id="o">(.*?)</pre>', open(f"{folder}/seen.html").read(), re.S).group(1))
    print("| PNG | farthest channel |\n| --- | --- |")
    within = count = 0
    for name, drawn in seen.items():
        answer = json.loads(subprocess.run(["curl", "-sS", "-F", f"file=@{folder}/{name}.png", f"{url}/upload"], capture_output=True, check=True).stdout)
        thumbnail = f"{folder}/service/incoming/{answer['filename'][:-4]}BI.png"
        pixels = subprocess.run(["/usr/bin/convert", thumbnail, "-depth", "8", "rgb:-"], capture_output=True, check=True).stdout
        made = [pixels[(y * SIDE + x) * 3:(y * SIDE + x) * 3 + 3] for x, y in PLACES]
        farthest = max(abs(a - b) for one, other in zip(made, drawn) for a, b in zip(one, other))
        apart = name.rsplit("-", 1)[0] in APART
        count += not apart
        within += farthest <= 3 and not apart
        if farthest > 3:
            print(f"| {name} | {farthest}{' (saturated HDR: mapped by channel here, together there)' if apart else ''} |")
    print(f"within {within} of {count}{', HDR apart,' if APART else ''}")
    if within == count:
        print("all within")


if __name__ == "__main__":
    make(sys.argv[2]) if sys.argv[1] == "make" else compare(sys.argv[2], sys.argv[3])
