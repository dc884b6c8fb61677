import Locking
import MessageBus
import Sockets

/// The options of a listening bridge, some of which may change, its loop, and its server while the
/// bridge runs.
///
/// Safe from any thread. The server checks that it is used on the bus's loop.
package final class RunningServer<Options: Sendable>: Sendable {
    private struct State {
        var options: Options
        weak var server: (any ListeningServer<Options>)?
    }

    /// The bus's loop.
    let loop: EventLoop
    /// Returns a path that can be opened, from one relative to bridge.json.
    let directory: @Sendable (String) -> String
    private let state: Locked<State>

    /// Makes the state of a bridge that does not run yet.
    package init(_ options: Options, _ context: Context) {
        loop = context.loop
        directory = { context.path($0) }
        state = Locked(State(options: options))
    }

    /// The options for the next run.
    var options: Options { state.withLock { $0.options } }
    /// The server of the present run; `nil` if there is none.
    var server: (any ListeningServer<Options>)? { state.withLock { $0.server } }

    /// Changes the options for the next run.
    func set(_ options: Options) { state.withLock { $0.options = options } }

    /// Records the server of a run.
    func begin(_ server: any ListeningServer<Options>) {
        state.withLock { $0.server = server }
    }

    /// Records that a run has ended.
    func end() { state.withLock { $0.server = nil } }
}
