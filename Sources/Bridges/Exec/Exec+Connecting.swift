import MessageBus
import Sockets

extension Exec: ConnectionChecking {
    /// Finds the program and its directory, without running it.
    package func checkConnection() async -> [ConnectionFinding] {
        do {
            let command = try options.childCommand(context)
            return [.works("\(command.program) may be run")]
        } catch {
            return [.fails("\(error): check \"command\" and \"directory\"")]
        }
    }
}
