#!/usr/bin/env python3
"""An echo that is broken in one way, which is its argument."""

import json
import os
import signal
import sys
import time

way = sys.argv[1]
if way == "ignores-sigterm":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
forgets = way == "forgets-checkpoint"
said = 0
held = None
output = open(1, "w")
written = 0


def write(line):
    global written
    written += 1
    print(json.dumps(line), file=output, flush=way != "buffers" or written < 2)


def echo(event):
    number = event["number"]
    if number > said:
        line = {"type": "say", "text": event["text"], "id": number}
        line["checkpoint"] = {"said": str(number)}
        write(line)
        if way == "says-twice":
            write({"type": "say", "text": event["text"]})
    else:
        write({"type": "ack", "number": number})


def events():
    data = b""
    while True:
        if way == "drops-last":
            time.sleep(0.05)
        piece = os.read(0, 1 << 16)
        if not piece:
            return
        *lines, data = (data + piece).split(b"\n")
        parsed = []
        for line in lines:
            try:
                event = json.loads(line)
            except ValueError:
                if way == "dies-on-junk":
                    raise
                continue
            if isinstance(event, dict):
                parsed.append(event)
        if way == "drops-last" and parsed and parsed[-1].get("type") == "stop":
            parsed = parsed[:-2]
        yield from parsed


for event in events():
    kind = event.get("type")
    if kind == "hello" and way != "never-ready":
        if not forgets:
            said = int(event["checkpoints"].get("said", 0))
        write({"type": "ready", "can": ["echo", "ack", "checkpoint"]})
    elif kind == "message" and "text" in event:
        if way == "out-of-order" and event["number"] % 100 == 73 and held is None:
            held = event
        else:
            echo(event)
            if held:
                echo(held)
                held = None
    elif kind == "said" and "id" in event:
        number = event["id"]
        write({"type": "ack", "number": number + 1_000_000 if way == "acks-unseen" else number})
    elif kind == "stop" and way not in ("ignores-end", "drops-last"):
        break
while way == "ignores-end":
    time.sleep(60)
