import Foundation
import Glibc
import Sockets

/// A headless Chromium whose DevTools are at the two ends of a pipe.
///
/// Safe from any thread. The browser ends when this is released: it reads an end of file.
final class ChromiumProcess: Sendable {
    /// The pipe's end that takes commands.
    let commands: Int32
    /// The pipe's end that gives answers and events.
    let answers: Int32
    private let process: TestProcess
    private let profile: URL

    /// The places where Debian and others put the program.
    private static let places = ["/usr/bin/chromium", "/usr/bin/chromium-browser"]

    /// Starts a browser with an empty profile.
    ///
    /// - Throws: `BrowserError` if there is no Chromium, `SocketError` if there are no descriptors.
    init() throws {
        guard let program = Self.places.first(where: { access($0, X_OK) == 0 }) else {
            throw BrowserError("no Chromium: apt-get install chromium")
        }
        profile = FileManager.default.temporaryDirectory.appending(
            path: "puente-browser-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: profile, withIntermediateDirectories: true)
        let incoming = try Self.makePipe()
        let outgoing = try Self.makePipe()
        commands = incoming.write
        answers = outgoing.read
        let words = [
            program, "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
            "--disable-dev-shm-usage", "--disable-background-networking",
            "--disable-component-update", "--force-color-profile=srgb", "--remote-debugging-pipe",
            // A mouse: without a screen there would be none, and pages look as on a phone.
            "--blink-settings=primaryHoverType=2,availableHoverTypes=2,"
                + "primaryPointerType=4,availablePointerTypes=4",
            "--user-data-dir=\(profile.path)", "about:blank",
        ]
        process = try TestProcess(words, streams: [nil, nil, nil, incoming.read, outgoing.write])
        close(incoming.read)
        close(outgoing.write)
    }

    deinit {
        close(commands)
        close(answers)
        process.signal(SIGKILL)
        process.wait()
        try? FileManager.default.removeItem(at: profile)
    }

    /// Makes a pipe that no other process inherits, above the descriptors that the browser gets.
    private static func makePipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw SocketError("pipe") }
        let raised = ends.map { fcntl($0, F_DUPFD_CLOEXEC, 10) }
        for end in ends { close(end) }
        return (raised[0], raised[1])
    }
}
