import Glibc
import Locking
import TestSupport
import Testing

@testable import Sockets

/// Sockets that outlive their listeners: in a reservation, and inherited ones.
@Suite(.timeLimit(.minutes(10))) struct ListeningSocketsTests {
    private let pool = ListeningSockets()
    private let loop: EventLoop

    init() throws { loop = try EventLoop(clock: ManualClock(), pool) }

    private func listen(_ address: SocketAddress) throws -> Listener {
        try Listener(address, on: loop, onFailure: { _ in }) { descriptor, _ in close(descriptor) }
    }

    private static func loopback(_ last: UInt8 = 1, port: UInt16 = 0) throws -> SocketAddress {
        try #require(SocketAddress.ip([127, 0, 0, last], port: port))
    }

    /// Returns an address that no other test gets, at whose end nobody is there.
    private static func free(_ last: UInt8 = 1) throws -> SocketAddress {
        try loopback(last, port: LoopbackSocket.freePort())
    }

    private static func anywhere(port: UInt16) throws -> SocketAddress {
        try #require(SocketAddress.ip([0, 0, 0, 0], port: port))
    }

    /// Returns true if somebody listens.
    private static func accepts(_ address: SocketAddress) -> Bool {
        let client = socket(address.family, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(client) }
        return address.withPointer { connect(client, $0, $1) } == 0
    }

    /// Opens a socket as a service manager does.
    private static func inherit(_ address: SocketAddress, isListening: Bool = true) -> Int32 {
        let descriptor = socket(address.family, Int32(SOCK_STREAM.rawValue), 0)
        _ = address.withPointer { bind(descriptor, $0, $1) }
        if isListening { Glibc.listen(descriptor, 5) }
        return descriptor
    }

    // MARK: - Closing

    @Test func `a closed socket is closed for programs too that are being started`() throws {
        let listener = try listen(Self.free(4))
        // What a program has between fork(2) and execve(2).
        let copies = pool.state.withLock { $0.sockets.values.map { dup($0.descriptor) } }
        defer { for copy in copies { close(copy) } }
        listener.close()
        #expect(!Self.accepts(listener.address))
        let next = try listen(listener.address)
        #expect(Self.accepts(next.address))
        next.close()
    }

    // MARK: - Reservations

    @Test func `a socket is closed with its listener, but not while it is reserved`() throws {
        let first = try listen(Self.free())
        let address = first.address
        let reservation = try pool.reserve([ListenRequest([address])])
        first.close()
        #expect(Self.accepts(address))
        let second = try listen(address)
        #expect(second.address == address)
        reservation.end()
        #expect(Self.accepts(address))
        second.close()
        #expect(!Self.accepts(address))
    }

    @Test func `a reservation opens what is missing, and closes what nobody uses`() throws {
        let port: UInt16
        do {
            let reservation = try pool.reserve([ListenRequest([try Self.loopback()])])
            port = try listen(Self.loopback()).address.port
            reservation.end()
        }
        #expect(Self.accepts(try Self.loopback(port: port)))
        let free = try listen(Self.free(2))
        let unused = free.address
        free.close()
        let reservation = try pool.reserve([ListenRequest([unused])])
        #expect(Self.accepts(unused))
        reservation.end()
        #expect(!Self.accepts(unused))
    }

    @Test func `a listener at port 0 keeps its port, whoever else has asked for port 0`() throws {
        let wanted = try Self.loopback()
        let others = [try listen(wanted), try listen(wanted)]
        let listener = try listen(wanted)
        let request = ListenRequest([wanted])
        let reservation = try pool.reserve([request, request, request, request])
        listener.close()
        let next = try listen(wanted)
        #expect(next.address == listener.address)
        let newest = try listen(wanted)
        #expect(!(others + [next]).contains { $0.address == newest.address })
        reservation.end()
        #expect(Self.accepts(newest.address))
    }

    @Test func `two listeners change places while the sockets are reserved`() throws {
        let (one, other) = (try listen(Self.free()), try listen(Self.free(2)))
        let addresses = (one.address, other.address)
        #expect(throws: SocketError.self) { try listen(addresses.1) }
        let reservation = try pool.reserve([
            ListenRequest([addresses.0]), ListenRequest([addresses.1]),
        ])
        one.close()
        let newOne = try listen(addresses.1)
        other.close()
        let newOther = try listen(addresses.0)
        reservation.end()
        #expect(Self.accepts(addresses.0))
        #expect(Self.accepts(addresses.1))
        newOne.close()
        newOther.close()
        #expect(!Self.accepts(addresses.0))
        #expect(!Self.accepts(addresses.1))
    }

    @Test(arguments: [true, false])
    func `an address may take the place of one that it overlaps`(isWider: Bool) throws {
        let old = try listen(isWider ? Self.loopback() : Self.anywhere(port: 0))
        let port = old.address.port
        let wanted = try isWider ? Self.anywhere(port: port) : Self.loopback(port: port)
        let reservation = try pool.reserve([ListenRequest([wanted])])
        let new = try listen(wanted)
        old.close()
        reservation.end()
        #expect(new.address == wanted)
        #expect(Self.accepts(wanted))
        // Nobody else may have it for that.
        #expect(throws: SocketError.self) {
            try EventLoop(clock: ManualClock()).listeningSockets.open(wanted, mode: nil)
        }
    }

    @Test func `two requests can't have one address, nor addresses that overlap`() throws {
        let present = try listen(Self.free())
        let port = present.address.port
        let kept = ListenRequest([present.address])
        for wanted in try [present.address, Self.anywhere(port: port)] {
            #expect {
                try pool.reserve([kept, ListenRequest([wanted])])
            } throws: {
                "\($0)" == "bind \(wanted): address already in use"
            }
        }
        present.close()
        #expect(!Self.accepts(present.address))
    }

    @Test func `where one address is taken, nothing stays open`() throws {
        let elsewhere = try Listener(
            Self.loopback(), on: EventLoop(clock: ManualClock()), onFailure: { _ in },
            onAccept: { _, _ in })
        let probe = try listen(Self.free(3))
        probe.close()
        #expect(throws: SocketError.self) {
            try pool.reserve([ListenRequest([probe.address]), ListenRequest([elsewhere.address])])
        }
        #expect(!Self.accepts(probe.address))
        elsewhere.close()
    }

    @Test func `a Unix socket stays, with another mode if that is asked for`() throws {
        let folder = try SocketFolder()
        let address = try SocketAddress.unix(path: "\(folder.path)/s")
        let first = try Listener(
            address, mode: 0o600, on: loop, onFailure: { _ in }, onAccept: { _, _ in })
        let reservation = try pool.reserve([ListenRequest([address], mode: 0o666)])
        first.close()
        #expect(Self.accepts(address))
        let second = try Listener(
            address, mode: 0o666, on: loop, onFailure: { _ in }, onAccept: { _, _ in })
        #expect(folder.mode == 0o666)
        reservation.end()
        #expect(Self.accepts(address))
        second.close()
        #expect(folder.mode == nil)
    }

    // MARK: - Inherited sockets

    @Test func `an inherited socket is used for its address, and never closed`() throws {
        let descriptor = Self.inherit(try Self.loopback())
        try pool.adopt(descriptor)
        let address = try #require(pool.unusedInherited.first)
        let listener = try listen(address)
        #expect(pool.unusedInherited == [])
        listener.close()
        #expect(pool.unusedInherited == [address])
        #expect(Self.accepts(address))
        close(descriptor)
    }

    @Test func `one for all IPv6 addresses counts as 0.0.0.0 if it takes IPv4 too`() throws {
        let any = try #require(
            SocketAddress.ip([UInt8](repeating: 0, count: 16), port: 0))
        let descriptor = Self.inherit(any)
        try pool.adopt(descriptor)
        let port = try #require(pool.unusedInherited.first).port
        #expect(throws: SocketError.self) { try listen(Self.loopback(port: port)) }
        let listener = try listen(Self.anywhere(port: port))
        #expect("\(listener.address)" == "[::]:\(port)")
        #expect(Self.accepts(try Self.loopback(port: port)))
        listener.close()
        close(descriptor)
    }

    @Test func `an inherited Unix socket is found by its file, which is not removed`() throws {
        let folder = try SocketFolder()
        let descriptor = Self.inherit(try SocketAddress.unix(path: "\(folder.path)/s"))
        try pool.adopt(descriptor)
        let mode = folder.mode
        let listener = try Listener(
            SocketAddress.unix(path: "\(folder.path)/../\(folder.name)/s"), mode: 0o606, on: loop,
            onFailure: { _ in }, onAccept: { _, _ in })
        #expect(pool.unusedInherited == [])
        listener.close()
        #expect(folder.mode == mode)
        close(descriptor)
    }

    @Test func `what does not listen is refused`() throws {
        let descriptor = Self.inherit(try Self.loopback(), isListening: false)
        for descriptor in [descriptor, STDIN_FILENO, 1_000_000] {
            #expect {
                try pool.adopt(descriptor)
            } throws: {
                "\($0)" == "descriptor \(descriptor): it is not a stream socket that listens"
            }
        }
        close(descriptor)
    }
}
