#!/usr/bin/env python3
"""Says again what people say, each message exactly once, however often it is killed.

{ "type": "exec", "name": "eco", "command": ["python3", "echo.py"], "durable": true }
"""

import json
import sys


def write(line):
    # Flushed, or the line would wait for more of them.
    print(json.dumps(line, ensure_ascii=False), flush=True)


def read():
    for line in sys.stdin:
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if isinstance(event, dict):
            yield event


# The last number of each room that was said: numbers rise within a room.
said = {}
for event in read():
    match event.get("type"):
        case "hello":
            # What was said before this program was killed, and perhaps not acknowledged.
            said = {room: int(number) for room, number in event["checkpoints"].items()}
            write({"type": "ready", "can": ["echo", "ack", "checkpoint"]})
        case "message":
            number, room = event["number"], event["room"]
            if number <= said.get(room, 0):
                write({"type": "ack", "number": number})
            else:
                write({
                    "type": "say", "text": event["text"], "room": room, "id": number,
                    "checkpoint": {room: str(number)},
                })
        case "said":
            # The checkpoint is stored with it: from now on the message need not come again.
            write({"type": "ack", "number": event["id"]})
        case "edit" | "delete" | "join" | "leave" | "rename":
            write({"type": "ack", "number": event["number"]})
        case "stop":
            break
