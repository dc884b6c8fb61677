import Foundation
import MessageBus
import TestSupport
import Testing

@testable import ExecBridge

/// The contract of bridges.
@Suite(.timeLimit(.minutes(10))) struct ExecContractTests {
    @Test(arguments: [false, true])
    func `exec keeps the contract of bridges`(isDurable: Bool) async throws {
        let conformance = BridgeConformance(
            store: { () -> any MessageStore in isDurable ? MemoryStore() : VolatileStore() }
        ) { context in
            let file = URL.temporaryDirectory.appending(path: "puente-\(UUID().uuidString)")
            let path = file.path(percentEncoded: false)
            guard mkfifo(path, 0o600) == 0 else { throw BridgeError("no pipe at \(path)") }
            let pipe = open(path, O_RDWR | O_CLOEXEC)
            unlink(path)
            var options = Exec.Options()
            options.durable = isDurable
            options.command = [
                "sh", "-c",
                """
                echo '{"type":"ready"}'
                while read -r line; do echo "{\\"type\\":\\"say\\",\\"text\\":\\"$line\\"}"; done \
                < /proc/$PPID/fd/\(pipe) &
                exec cat > /dev/null
                """,
            ]
            return BridgeConformance.Subject(
                Exec(options, context),
                BridgeConformance.OtherSide { text in
                    let line = Array("\(text)\n".utf8)
                    _ = write(pipe, line, line.count)
                })
        }
        let problems = try await conformance.problems()
        #expect(problems == [])
    }
}
