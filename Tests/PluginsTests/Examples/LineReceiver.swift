import MessageBus
import Sockets

/// A bridge with a socket of its own: every line that a program sends to it becomes a message.
struct LineReceiver: Bridge {
    struct Options: PluginOptions {
        @Option("The address that it listens on.")
        var listen = Address.network(host: "127.0.0.1", port: 2514)
        @Option("The name that the lines are said by.")
        var sender = "programs"
    }

    private let options: Options
    private let context: Context

    init(_ options: Options, _ context: Context) {
        self.options = options
        self.context = context
    }

    func run(_ port: Port) async throws {
        guard let loop = context.executor as? EventLoop else {
            throw BridgeError("the bus does not run on an event loop")
        }
        let (reads, queue) = AsyncStream.makeStream(of: LineServer.Read.self)
        let server = LineServer(on: loop, queue: queue, log: port.log)
        port.log.always("listening on \(try await server.listen(on: address))")
        // The end of the bus waits until what was read is published.
        await port.openIntake()
        await port.ready()
        async let end: Void = close(server, whenStopped: port)
        for await read in reads {
            try await port.publish(read.lines.map { Draft($0, from: options.sender) })
            await server.readMore(from: read.client)
        }
        await end
        await port.closeIntake()
    }

    private func close(_ server: LineServer, whenStopped port: Port) async {
        await port.stopping()
        await server.close()
    }

    private var address: SocketAddress {
        get throws {
            switch options.listen {
            case .unix(let path): return try SocketAddress.unix(path: context.path(path))
            case .network(let host, let port):
                // Blocks, which a bridge may: its threads are its own.
                let found = try SocketAddress.resolve(host: host, port: UInt16(port))
                guard let first = found.first else { throw BridgeError("\(host) has no address") }
                return first
            }
        }
    }
}
