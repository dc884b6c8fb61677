import CLinux
import Glibc

/// An attempt to connect to a server, by one address after the other.
///
/// Confined to the loop.
public final class ConnectAttempt: EventHandler, @unchecked Sendable {  // touched on the loop only
    private let target: ConnectTarget
    private let loop: EventLoop
    private var completion: ((Result<EstablishedConnection, ConnectFailure>) -> Void)?
    /// Called once it is over.
    var onEnd: () -> Void = {}
    private var addresses: ArraySlice<SocketAddress> = []
    private var address: SocketAddress?
    private var descriptor: Int32 = -1
    private var registration: EventLoop.Registration?
    private var session: TLSSession?
    private var lastFailure: ConnectFailure?
    private lazy var deadline = LoopTimer { [weak self] in self?.giveUp() }
    private lazy var addressDeadline = LoopTimer { [weak self] in self?.giveUpAddress() }

    /// The time for one of several addresses: a route that is down says nothing.
    private static let addressTime: Duration = .seconds(10)

    init(
        _ target: ConnectTarget, on loop: EventLoop, within limit: Duration,
        _ completion: @escaping (Result<EstablishedConnection, ConnectFailure>) -> Void
    ) {
        self.target = target
        self.loop = loop
        self.completion = completion
        loop.set(deadline, after: limit)
    }

    /// True once the caller was told.
    var isOver: Bool { completion == nil }

    /// Gives the attempt up; the caller is told that it is cancelled.
    public func cancel() { end(.failure(ConnectFailure(.cancelled, "given up"))) }

    func begin(with addresses: [SocketAddress]) {
        loop.assertOwned()
        let allowed = target.isLocalOnly ? addresses.filter(\.isLocal) : addresses
        if allowed.isEmpty {
            return end(
                .failure(
                    ConnectFailure(
                        .untrusted,
                        "\(target.host) is not this machine: nothing secret is sent there in plain")
                ))
        }
        self.addresses = allowed[...]
        tryNext()
    }

    private func tryNext() {
        guard completion != nil else { return }
        closeDescriptor()
        guard let next = addresses.popFirst() else {
            return end(
                .failure(
                    lastFailure ?? ConnectFailure(.unreachable, "\(target.name): no address")))
        }
        address = next
        let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        descriptor = socket(next.family, type, 0)
        guard descriptor >= 0 else { return fail(SocketError("socket").description) }
        let result = next.connect(descriptor)
        if result != 0, errno != EINPROGRESS {
            return fail(SocketError("connect \(next)").description)
        }
        do {
            registration = try loop.add(descriptor, .writable, self)
        } catch {
            return fail("\(error)")
        }
        if !addresses.isEmpty { loop.set(addressDeadline, after: Self.addressTime) }
    }

    /// Goes on with the connection or its handshake.
    public func handle(_ ready: Readiness) {
        loop.assertOwned()
        if session != nil { return receive() }
        let code = SocketOption.value(SO_ERROR, of: descriptor) ?? 0
        guard code == 0 else {
            return fail(SocketError("connect \(addressText)", errno: code).description)
        }
        guard let encryption = target.encryption else { return succeed() }
        do throws(TLSError) {
            session = try TLSSession(
                encryption, to: target.host, TLSTransport(), on: descriptor)
        } catch {
            return fail(error.description)
        }
        if let registration { loop.modify(registration, .readable) }
        proceed(with: [])
    }

    private var addressText: String { address.map { "\($0)" } ?? target.name }

    private func receive() {
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
        if count > 0 { return proceed(with: buffer[..<count]) }
        if count < 0, errno == EAGAIN || errno == EINTR { return }
        fail("\(addressText): the server has closed the connection during the TLS handshake")
    }

    private func proceed(with bytes: ArraySlice<UInt8>) {
        guard let session, let encryption = target.encryption else { return }
        switch unsafe bytes.withUnsafeBytes({ session.handshake($0) }) {
        case .needsInput: break
        case .failed(let reason):
            let isUntrusted = session.doubt != nil
            fail("TLS with \(addressText): \(reason)", isUntrusted ? .untrusted : .unreachable)
        case .done:
            if let doubt = encryption.doubt(of: session) {
                fail("TLS with \(addressText): \(doubt)", .untrusted)
            } else {
                succeed()
            }
        }
    }

    private func succeed() {
        guard let address else { return }
        if let registration { loop.remove(registration) }
        registration = nil
        let connection = EstablishedConnection(
            descriptor: descriptor, session: session, address: address)
        (descriptor, session) = (-1, nil)
        end(.success(connection))
    }

    private func fail(_ reason: String, _ kind: ConnectFailure.Kind = .unreachable) {
        // A server that is not trusted says more about the failure than one that was not reached.
        if lastFailure?.kind != .untrusted { lastFailure = ConnectFailure(kind, reason) }
        closeDescriptor()
        // Not at once: a long list of addresses would be a deep stack.
        loop.perform { [weak self] in self?.tryNext() }
    }

    private func giveUpAddress() { fail("connect \(addressText): no answer") }

    private func giveUp() {
        let reason = lastFailure?.description ?? "\(target.name): no answer"
        end(.failure(ConnectFailure(.unreachable, reason)))
    }

    func end(_ result: Result<EstablishedConnection, ConnectFailure>) {
        loop.assertOwned()
        guard let completion = completion.take() else { return }
        closeDescriptor()
        deadline.cancel()
        onEnd()
        onEnd = {}
        completion(result)
    }

    private func closeDescriptor() {
        addressDeadline.cancel()
        if let registration { loop.remove(registration) }
        if descriptor >= 0 { close(descriptor) }
        (registration, session, descriptor) = (nil, nil, -1)
    }
}
