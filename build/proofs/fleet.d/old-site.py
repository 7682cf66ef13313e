"""The originals of an old site by HTTP: python3 old-site.py PORT FOLDER SECONDS. Any name with a number gets one of the folder's pictures,
with bytes of its own at the end, after so many seconds."""
import http.server
import pathlib
import re
import sys
import time

pictures = [path.read_bytes() for path in sorted(pathlib.Path(sys.argv[2]).glob("*.jpg"))]
seconds = float(sys.argv[3])


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        number = re.search(r"(\d+)_", self.path)
        if number is None:
            self.send_error(404)
            return
        time.sleep(seconds)
        body = pictures[int(number[1]) % len(pictures)] + number[1].encode()
        self.send_response(200)
        self.send_header("Content-Type", "image/jpeg")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
