"""Writes an ICC profile with the primaries of Display P3 and a gamma of 2.2 to standard output."""
import struct
import sys


def xyz(x, y, z):
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(value * 65536) for value in (x, y, z)))


curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(2.2 * 256)) + b"\0\0"
tags = {
    b"desc": b"desc\0\0\0\0" + struct.pack(">I", 11) + b"Display P3\0" + bytes(78),
    b"cprt": b"text\0\0\0\0None\0\0\0\0",
    b"wtpt": xyz(0.9642, 1, 0.8249),
    b"rXYZ": xyz(0.51512, 0.24120, -0.00105),
    b"gXYZ": xyz(0.29198, 0.69225, 0.04189),
    b"bXYZ": xyz(0.15710, 0.06657, 0.78407),
    b"rTRC": curve,
    b"gTRC": curve,
    b"bTRC": curve,
}
table = struct.pack(">I", len(tags))
content = b""
for name, value in tags.items():
    value += bytes(-len(value) % 4)
    table += name + struct.pack(">II", 128 + 4 + 12 * len(tags) + len(content), len(value))
    content += value
length = 128 + len(table) + len(content)
head = struct.pack(">I4sI", length, b"\0\0\0\0", 0x02400000) + b"mntrRGB XYZ " + bytes(12) + b"acsp" + bytes(28) + xyz(0.9642, 1, 0.8249)[8:]
sys.stdout.buffer.write(head.ljust(128, b"\0") + table + content)
