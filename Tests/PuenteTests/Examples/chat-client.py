import socket, sys, threading

name = sys.argv[1]
chat = socket.create_connection(("localhost", 2000))

def read():
    for line in chat.makefile(encoding="utf-8"):
        print(line, end="")

threading.Thread(target=read, daemon=True).start()
chat.sendall(f"{name} se ha unido al chat.\n".encode())
for text in sys.stdin:
    chat.sendall(f"{name}: {text}".encode())
