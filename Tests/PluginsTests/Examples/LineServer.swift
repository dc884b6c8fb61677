import Glibc
import MessageBus
import Sockets

/// The sockets of a `LineReceiver`: an actor on the bus's own loop, where sockets call back.
actor LineServer {
    /// The lines of one read, and the client that sent them.
    struct Read: Sendable {
        let client: Int
        let lines: [String]
    }

    nonisolated private let loop: EventLoop
    private let queue: AsyncStream<Read>.Continuation
    private let log: Log
    private var listener: Listener?
    private var clients: [Int: LineClient] = [:]
    private var lastClient = 0

    /// The thread of the loop is the actor's.
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    init(on loop: EventLoop, queue: AsyncStream<Read>.Continuation, log: Log) {
        self.loop = loop
        self.queue = queue
        self.log = log
    }

    /// Begins to listen, and returns the address with the port that the kernel chose for port 0.
    func listen(on address: SocketAddress) throws -> SocketAddress {
        let listener = try Listener(address, on: loop) { [log] trouble in
            log.warning("\(trouble)")
        } onAccept: { descriptor, _ in
            self.accept(descriptor)
        }
        self.listener = listener
        return listener.address
    }

    private func accept(_ descriptor: Int32) {
        lastClient += 1
        let number = lastClient
        let client = LineClient { lines, isAtEnd in
            if isAtEnd { self.clients.removeValue(forKey: number) }
            if !lines.isEmpty { self.queue.yield(Read(client: number, lines: lines)) }
        }
        do {
            client.connection = try Connection(descriptor, on: loop, handler: client)
            clients[number] = client
        } catch {
            log.warning("\(error)")
        }
    }

    /// Reads a client again, whose lines have been published.
    func readMore(from client: Int) { clients[client]?.connection?.wait(for: .readable) }

    /// Closes all sockets; what was read is still in the queue.
    func close() {
        listener?.close()
        for client in clients.values { client.connection?.close() }
        clients = [:]
        queue.finish()
    }
}

/// A client of a `LineServer`, which is not read again before its lines have been published: so no
/// more than one read of each client waits in memory.
///
/// Confined to the loop.
private final class LineClient: EventHandler {
    var connection: Connection?
    private var splitter = LineSplitter(longest: 8_192)
    private let onRead: (_ lines: [String], _ isAtEnd: Bool) -> Void

    init(onRead: @escaping (_ lines: [String], _ isAtEnd: Bool) -> Void) { self.onRead = onRead }

    func handle(_ ready: Readiness) {
        guard let connection else { return }
        var lines: [String] = []
        let outcome = withUnsafeTemporaryAllocation(byteCount: 16_384, alignment: 1) { buffer in
            let outcome = connection.receive(into: buffer)
            if case .bytes(let count) = outcome {
                splitter.split(UnsafeRawBufferPointer(rebasing: buffer[..<count])) { piece in
                    if case .line(let bytes, _) = piece {
                        lines.append(String(decoding: bytes, as: UTF8.self))
                    }
                }
            }
            return outcome
        }
        switch outcome {
        case .bytes: connection.wait(for: lines.isEmpty ? .readable : [])
        case .wouldBlock: return
        case .end, .failed: connection.close()
        }
        onRead(lines, !connection.isOpen)
    }
}
