import Glibc
import TestSupport
import Testing

@testable import Sockets

/// Connections to servers.
@Suite(.timeLimit(.minutes(10))) struct ConnectorTests {
    /// A loop with a connector, and addresses that a test gives.
    private final class Fixture: Sendable {
        let loop: EventLoop
        let clock = ManualClock()

        init() throws {
            loop = try EventLoop(clock: clock)
            try loop.start(named: "test connector")
        }

        deinit { loop.stop() }

        /// Connects, and closes what comes of it; returns how it has ended.
        func connect(
            to target: ConnectTarget, addresses: [SocketAddress]? = nil,
            meanwhile: @escaping @Sendable (ConnectAttempt) -> Void = { _ in }
        ) async -> Result<SocketAddress, ConnectFailure> {
            let loop = loop
            return await withCheckedContinuation { continuation in
                loop.perform {
                    let connector = Connector(on: loop) { host, port in
                        try addresses ?? SocketAddress.resolve(host: host, port: port)
                    }
                    var made: ConnectAttempt?
                    made = connector.connect(to: target, within: .seconds(20)) { result in
                        // Kept until now.
                        withExtendedLifetime(connector) { made = nil }
                        if case .success(let connection) = result { close(connection.descriptor) }
                        continuation.resume(returning: result.map(\.address))
                    }
                    if let made { meanwhile(made) }
                }
            }
        }
    }

    /// Returns an address where somebody listens, or nobody does.
    private static func address(isOpen: Bool) throws -> (SocketAddress, Int32) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        let address = try SocketAddress.resolve(host: "127.0.0.1", port: 0)[0]
        _ = address.withPointer { bind(descriptor, $0, $1) }
        if isOpen { listen(descriptor, 8) }
        return (SocketAddress.read { getsockname(descriptor, $0, $1) }.0, descriptor)
    }

    @Test func `the first address that answers is taken`() async throws {
        let (shut, first) = try Self.address(isOpen: false)
        let (open, second) = try Self.address(isOpen: true)
        defer {
            close(first)
            close(second)
        }
        let result = try await Fixture().connect(
            to: ConnectTarget(host: "irc.test", port: 1), addresses: [shut, shut, open])
        #expect(try result.get().port == open.port)
    }

    @Test func `a server that is not there is told by its address`() async throws {
        let (shut, descriptor) = try Self.address(isOpen: false)
        defer { close(descriptor) }
        let result = try await Fixture().connect(
            to: ConnectTarget(host: "irc.test", port: 1), addresses: [shut])
        guard case .failure(let failure) = result else {
            Issue.record("it is connected")
            return
        }
        #expect(failure.kind == .unreachable)
        #expect(failure.description == "connect \(shut): connection refused")
    }

    @Test func `a name that nobody knows is told`() async throws {
        let result = try await Fixture().connect(
            to: ConnectTarget(host: "nowhere.invalid", port: 1))
        guard case .failure(let failure) = result else {
            Issue.record("it is connected")
            return
        }
        #expect(failure.description.contains("nowhere.invalid can't be resolved"))
    }

    @Test func `where only this machine will do, no other is asked`() async throws {
        let far = try SocketAddress.resolve(host: "192.0.2.1", port: 6_667)
        let result = try await Fixture().connect(
            to: ConnectTarget(host: "irc.test", port: 1, isLocalOnly: true), addresses: far)
        guard case .failure(let failure) = result else {
            Issue.record("it is connected")
            return
        }
        #expect(failure.kind == .untrusted)
    }

    @Test func `an attempt that is given up ends at once`() async throws {
        let (open, descriptor) = try Self.address(isOpen: true)
        defer { close(descriptor) }
        let result = try await Fixture().connect(
            to: ConnectTarget(host: "irc.test", port: 1), addresses: [open]
        ) { $0.cancel() }
        #expect(result.failure?.kind == .cancelled)
    }

    @Test func `a server that does not shake hands is given up in time`() async throws {
        let (open, descriptor) = try Self.address(isOpen: true)
        defer { close(descriptor) }
        let fixture = try Fixture()
        let target = ConnectTarget(
            host: "irc.test", port: 1, encryption: try TLSClientContext(trusting: .system))
        let turning = Task {
            while !Task.isCancelled {
                fixture.clock.advance(by: .milliseconds(100))
                fixture.loop.clockHasChanged()
                await Task.yield()
            }
        }
        defer { turning.cancel() }
        let result = await fixture.connect(to: target, addresses: [open])
        #expect(result.failure?.kind == .unreachable)
        #expect(result.failure?.description.contains("no answer") == true)
    }

    @Test func `a file of authorities that can't be read is named`() {
        #expect {
            try TLSClientContext(trusting: .authorities(path: "/nonexistent/ca.pem"))
        } throws: {
            "\($0)" == "/nonexistent/ca.pem: no such file or directory"
        }
        #expect(throws: TLSError.self) {
            try TLSClientContext(trusting: .authorities(path: "/dev/null"))
        }
    }
}

extension Result {
    /// The failure; `nil` for a success.
    fileprivate var failure: Failure? {
        if case .failure(let failure) = self { failure } else { nil }
    }
}
