#!/usr/bin/env python3
"""Prints what is said, each message once, and takes nothing that is not signed.

WEBHOOK_SECRET=whsec_… python3 receiver.py 9300
"""

import base64, hashlib, hmac, http.server, json, os, sys, time

KEY = base64.b64decode(os.environ["WEBHOOK_SECRET"].removeprefix("whsec_"))


def is_signed(headers, body):
    ident, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not stamp.isdigit() or abs(time.time() - int(stamp)) > 300:
        return False
    code = hmac.new(KEY, f"{ident}.{stamp}.".encode() + body, hashlib.sha256).digest()
    right = "v1," + base64.b64encode(code).decode()
    return any(
        hmac.compare_digest(right, one)
        for one in headers.get("webhook-signature", "").split(" ")
    )


class Receiver(http.server.BaseHTTPRequestHandler):
    seen = set()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        if not is_signed(self.headers, body):
            return self.send_error(401)
        # A message may come again if its answer was lost. To be sure over a restart of this program,
        # keep the ids with whatever is done about the messages.
        ident = self.headers["webhook-id"]
        if ident not in self.seen:
            self.seen.add(ident)
            event = json.loads(body)
            if event["type"] == "message":
                print(f"{event['from']}: {event['text']}", flush=True)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *arguments):
        pass


http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver).serve_forever()
