import Glibc
import TestSupport
import Testing

@testable import Sockets

/// The file of a listening Unix socket: its mode, and when it is replaced and removed.
@Suite(.timeLimit(.minutes(10))) struct ListenerFileTests {
    private let folder: SocketFolder
    private let loop: EventLoop

    init() throws {
        folder = try SocketFolder()
        loop = try EventLoop(clock: ManualClock())
    }

    private func listen(mode: UInt32? = nil) throws -> Listener {
        try Listener(
            SocketAddress.unix(path: "\(folder.path)/s"), mode: mode, on: loop, onFailure: { _ in },
            onAccept: { descriptor, _ in close(descriptor) })
    }

    @Test(arguments: [0o600, 0o660, 0o666, 0o777] as [UInt32])
    func `the file has the mode that is asked for`(mode: UInt32) throws {
        let listener = try listen(mode: mode)
        #expect(folder.mode == mode)
        listener.close()
        #expect(folder.mode == nil)
    }

    @Test func `a file that nobody listens on is replaced, another is not`() throws {
        let first = try listen()
        #expect { try listen() } throws: { "\($0)".hasSuffix("address already in use") }
        // As after a crash: the file is there, and nobody listens.
        rename("\(folder.path)/s", "\(folder.path)/t")
        first.close()
        rename("\(folder.path)/t", "\(folder.path)/s")
        #expect(folder.mode != nil)
        let second = try listen()
        second.close()
        #expect(folder.mode == nil)
        let file = open("\(folder.path)/s", O_CREAT | O_WRONLY, 0o600)
        close(file)
        #expect(throws: SocketError.self) { try listen() }
        #expect(folder.mode == 0o600)
    }

    @Test func `the file of another socket is not removed at the end`() throws {
        let first = try listen()
        unlink("\(folder.path)/s")
        let second = try listen()
        first.close()
        #expect(folder.mode != nil)
        second.close()
        #expect(folder.mode == nil)
    }
}
