import Glibc
import MessageBus
import Sockets

/// The control socket of a running daemon: lets its own user and root ask things of it.
///
/// Confined to its loop, which is not the bus's, so that clients get answers even while the bus's
/// loop hangs.
package final class ControlServer: @unchecked Sendable {  // touched on the loop only
    private let loop: EventLoop
    private let address: ControlAddress
    private let commands: [String: any ControlCommand]
    private var listener: Listener?
    private var connections: [ObjectIdentifier: ControlConnection] = [:]

    /// The most clients at a time.
    private static let maxClients = 16
    /// The mode of the file: its owner may connect.
    private static let mode: UInt32 = 0o600

    /// Opens the socket, on the loop.
    ///
    /// A socket that an earlier process has left is replaced, so nobody else may use the same store
    /// or path now.
    ///
    /// - Throws: `ControlError` if something else is at the path, or another process answers there;
    ///   `SocketError` if it can't be made.
    package init(
        at address: ControlAddress, on loop: EventLoop, commands: [any ControlCommand], log: Log
    ) throws {
        self.loop = loop
        self.address = address
        self.commands = Dictionary(commands.map { ($0.name, $0) }) { first, _ in first }
        try Self.check(address)
        let throttledLog = ThrottledLog(log)
        listener = try Listener(
            address.socket, mode: Self.mode, on: loop,
            onFailure: { throttledLog.warning(cause: "control", "control socket: \($0)") },
            onAccept: { [weak self] descriptor, _ in self?.accept(descriptor) })
    }

    /// Throws if the path is taken by anything but a socket that nobody listens on.
    private static func check(_ address: ControlAddress) throws {
        guard let kind = address.kindOfFile else { return }
        let path = address.path
        guard kind == S_IFSOCK else {
            throw ControlError(
                """
                control: \(path) is not a socket, and was left as it is: move it away, or choose \
                another path for "control"
                """)
        }
        do throws(SocketError) {
            Glibc.close(try LocalSocket.connect(to: address.socket))
        } catch {
            // Nobody listens: `Listener` replaces it.
            if error.code == ECONNREFUSED { return }
            if error.code != EAGAIN {
                throw ControlError(
                    """
                    control: \(path) is somebody else's socket (\(error.reason)), and was left as \
                    it is: choose another path for "control"
                    """)
            }
        }
        throw ControlError("control: another process listens on \(path)")
    }

    private func accept(_ descriptor: Int32) {
        let user = LocalSocket.user(of: descriptor)
        let connection = ControlConnection(descriptor, on: loop, commands: commands) {
            [weak self] in self?.connections[ObjectIdentifier($0)] = nil
        }
        guard let connection else { return }
        let isFull = connections.count >= Self.maxClients
        connections[ObjectIdentifier(connection)] = connection
        guard user == geteuid() || user == 0 else {
            connection.refuse("only the daemon's own user and root are answered")
            return
        }
        if isFull { connection.refuse("\(Self.maxClients) clients are connected already") }
    }

    /// Closes the socket and all connections; returns when that is done.
    ///
    /// Safe from any thread.
    package func end() async {
        await withCheckedContinuation { continuation in
            loop.perform {
                self.close()
                continuation.resume()
            }
        }
    }

    /// Closes the socket and all connections, and removes the file if it is still this one.
    package func close() {
        loop.assertOwned()
        listener?.close()
        listener = nil
        for connection in Array(connections.values) { connection.close() }
    }
}
