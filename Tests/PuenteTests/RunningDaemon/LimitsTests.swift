import Foundation
import TestSupport
import Testing

/// Limits of the system: too low a limit is a sentence and status 69, never a trap or a daemon that
/// hangs.
@Suite(.timeLimit(.minutes(10))) struct LimitsTests {
    /// Runs the program under a limit; it must end with a sentence, or work and stop on request.
    private func outcome(
        of limits: String, rooms: Int = 1
    ) async throws -> (status: Int32, runs: Bool, errors: [String]) {
        let names = (0..<rooms).map { "\"r\($0)\"" }.joined(separator: ", ")
        let folder = try TestFolder(
            bridges: TestFolder.chat, #"{ "type": "stdio" }"#,
            store: #"{ "path": "puente.sqlite" }"#, more: "\"rooms\": [\(names)],")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o777], ofItemAtPath: folder.url.path())
        let daemon = try RunningProgram(["run"], in: folder.url, limits: limits, keeping: folder)
        let (port, lines) = try await daemon.portOrEnd()
        if let port {
            // It may run out of something just after it has started to listen.
            let client = try? ChatClient(port: port)
            try? client?.send("ana: hola\n")
            // A daemon that can store nothing does not know whose the name is, and refuses it.
            while let line = try? await client?.line(), line != "ana: hola",
                !line.hasPrefix("server: [")
            {}
        }
        daemon.signal(SIGTERM)
        let (status, _, errors) = try await daemon.result()
        return (status, port != nil, lines + errors)
    }

    @Test(
        .disabled(if: Sanitizer.isPresent, "the sanitizer itself needs more addresses"),
        arguments: [120_000, 150_000, 180_000, 210_000, 250_000, 300_000, 400_000, 600_000])
    func `with little memory it works or names the limit`(kilobytes: Int) async throws {
        let (status, runs, errors) = try await outcome(of: "ulimit -v \(kilobytes)")
        // The system's loader needs some before the program starts.
        if status == 127 { return }
        #expect(status == (runs ? 0 : 69))
        if !runs { #expect(errors.last?.contains("(ulimit -v, LimitAS=)") == true) }
    }

    @Test(.disabled(if: Sanitizer.isPresent, "the sanitizer itself needs more addresses"))
    func `many rooms are too many for little memory, and said to be`() async throws {
        let (status, runs, errors) = try await outcome(of: "ulimit -v 2000000", rooms: 1_000)
        #expect(status == 69)
        #expect(!runs)
        #expect(
            errors.last?.hasPrefix(
                """
                puente: chat: take 4064 MiB of memory for the "buffer" of each room and "lists": \
                memory is limited to 1953 MiB
                """) == true)
    }

    @Test(arguments: 1...12) func `with few threads it works or names the limit`(
        threads: Int
    ) async throws {
        // The limit is not root's.
        let nobody = #"set -- setpriv --reuid=65534 --regid=65534 --clear-groups "$@""#
        let drop = geteuid() == 0 ? "\(nobody); " : ""
        let (status, runs, errors) = try await outcome(of: "\(drop)ulimit -u \(threads)")
        // If no other user may read the program, or the system has no setpriv.
        if [126, 127].contains(status) { return }
        // A thread may be missing when it already listens: other tests have this user's, too.
        #expect(status == 69 || (runs && status == 0))
        #expect(threads > 8 || !runs)
        if status == 69 {
            #expect(errors.last?.contains("(ulimit -u, LimitNPROC=, TasksMax=)") == true)
        }
    }

    @Test func `few descriptors and a small stack are named`() async throws {
        for count in [7, 12, 18] {
            let (status, _, errors) = try await outcome(of: "ulimit -n \(count)")
            #expect(status == 69)
            #expect(errors.last?.contains("(\(count) are allowed: ulimit -n,") == true)
        }
        let (status, _, errors) = try await outcome(of: "ulimit -s 100")
        #expect(status == 69)
        #expect(errors.last?.contains("the stack is limited to 100 KiB (ulimit -s,") == true)
    }

    @Test(arguments: [0, 8, 64]) func `a file that must not grow ends nothing`(
        blocks: Int
    ) async throws {
        let (status, runs, errors) = try await outcome(of: "ulimit -f \(blocks)")
        // What could not be stored until the end is lost.
        let isLost = errors.contains { $0.hasSuffix("could not be stored") }
        #expect(status == (runs && !isLost ? 0 : 69))
    }
}
