import Glibc
import JSON
import MessageBus
import Sockets
import TimeUnits

/// A client of the control socket: one request, and the answer to it.
///
/// Confined to the loop of the control socket.
final class ControlConnection: EventHandler, @unchecked Sendable {  // touched on the loop only
    private let loop: EventLoop
    private let commands: [String: any ControlCommand]
    private let onClose: (ControlConnection) -> Void
    private var connection: Connection?
    private var received: [UInt8] = []
    private var hasAsked = false
    private var hasEndedAsking = false
    /// True if it may read nothing for as long as it likes.
    private var isPausable = false
    private var task: Task<Void, Never>?
    private lazy var answer = ControlAnswer { [loop, weak self] in
        loop.perform { [weak self] in self?.flush() }
    }
    private lazy var deadline = LoopTimer { [weak self] in self?.giveUp() }

    /// The time within which a request must have come.
    private static let requestTime: Duration = .seconds(10)
    /// The time that a client may read nothing while something waits for it.
    private static let readingTime: Duration = .seconds(60)
    /// Bytes of one read.
    private static let readSize = 16 << 10

    /// Takes a connected descriptor over.
    init?(
        _ descriptor: Int32, on loop: EventLoop, commands: [String: any ControlCommand],
        onClose: @escaping (ControlConnection) -> Void
    ) {
        self.loop = loop
        self.commands = commands
        self.onClose = onClose
        guard let connection = try? Connection(descriptor, on: loop, handler: self) else {
            return nil
        }
        self.connection = connection
        loop.set(deadline, after: Self.requestTime)
    }

    /// Receives, sends, or notices that the client is gone.
    func handle(_ ready: Readiness) {
        loop.assertOwned()
        if !ready.isDisjoint(with: [.failed, .hungUp]) { return close() }
        if ready.contains(.readable) { receive() }
        if ready.contains(.writable) { flush() }
    }

    // MARK: - The request

    private func receive() {
        guard let connection else { return }
        unsafe withUnsafeTemporaryAllocation(byteCount: Self.readSize, alignment: 1) { buffer in
            switch connection.receive(into: buffer) {
            case .bytes(let count):
                unsafe append(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            case .wouldBlock: break
            case .end:
                // It may still read: `nc -N` ends its side first.
                hasEndedAsking = true
                if hasAsked { updateInterest() } else { close() }
            case .failed: close()
            }
        }
    }

    private func append(_ bytes: UnsafeRawBufferPointer) {
        // What comes after the request means nothing.
        if hasAsked { return }
        unsafe received.append(contentsOf: bytes)
        if let ending = received.firstIndex(of: UInt8(ascii: "\n")) {
            let line = Array(received[..<ending])
            received = []
            if line.count > ControlRequest.maxLineBytes { return refuseLength() }
            hasAsked = true
            deadline.cancel()
            run(line)
        } else if received.count > ControlRequest.maxLineBytes {
            refuseLength()
        }
    }

    private func refuseLength() {
        received = []
        refuse("a request has at most \(ControlRequest.maxLineBytes >> 10) KiB")
    }

    private func run(_ line: [UInt8]) {
        guard let request = ControlRequest(line) else {
            return refuse(
                "expected a request like \(String(decoding: Self.example, as: UTF8.self))")
        }
        if request.version != Version.current {
            return refuse(
                """
                the daemon is puente \(Version.current) and this command puente \
                \(request.version.shortened(to: 40).onOneLine): use the same program, or restart \
                the daemon
                """)
        }
        guard let command = commands[request.command] else {
            return refuse(
                "the daemon knows no command \(request.command.shortened(to: 40).quoted)")
        }
        isPausable = command.isPausable
        task = Task(executorPreference: LoopExecutor(loop)) { [answer] in
            answer.end(await command.run(request, answer))
        }
    }

    private static let example = ControlRequest("version").line.dropLast()

    /// Tells the client in a sentence why it gets no other answer.
    func refuse(_ sentence: String) {
        loop.assertOwned()
        hasAsked = true
        answer.sendProblem("puente: \(sentence)")
        answer.end(.unavailable)
    }

    private func giveUp() {
        if hasAsked {
            close()
        } else {
            refuse("no request came within \(Self.requestTime.wholeSeconds) s")
        }
    }

    // MARK: - The answer

    private func flush() {
        guard let connection else { return }
        var hasFailed = false
        var hasSent = false
        let isDone = unsafe answer.send { bytes in
            var rest = unsafe bytes
            while unsafe !rest.isEmpty {
                let outcome = connection.send(rest)
                guard case .bytes(let count) = outcome else {
                    hasFailed = outcome != .wouldBlock
                    break
                }
                hasSent = true
                unsafe rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
            return bytes.count - rest.count
        }
        if hasFailed || (isDone && answer.isEnded) { return close() }
        if isDone {
            if hasAsked { deadline.cancel() }
        } else if !isPausable || answer.isEnded, hasSent || deadline.deadline == nil {
            loop.set(deadline, after: Self.readingTime)
        }
        updateInterest(isSending: !isDone)
    }

    private func updateInterest(isSending: Bool = false) {
        var interest: Readiness = hasEndedAsking ? [] : .readable
        if isSending { interest.insert(.writable) }
        connection?.wait(for: interest)
    }

    /// Closes the connection; a command that still runs is cancelled.
    func close() {
        guard let connection else { return }
        self.connection = nil
        deadline.cancel()
        answer.close()
        task?.cancel()
        connection.close()
        onClose(self)
    }
}
