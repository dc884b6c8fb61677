import Glibc
import Locking
import TimeUnits

/// A notifier that tells the service manager that started the process how the process is doing
/// (sd_notify(3)).
///
/// Safe from any thread, never waits. If no manager asked, each function does nothing.
package final class ServiceNotifier: Sendable {
    private struct State {
        var wasReady = false
        var isReloading = false
        var isStopping = false
        var status = ""
    }

    private let socket: NotifySocket?
    /// The time within which the manager wants to hear that the process is alive; `nil` if it does
    /// not ask.
    package let watchdogTimeout: Duration?
    private let state = Locked(State())

    /// The time to wait for a manager whose queue is full: one that is stopped or starved for
    /// longer is not there.
    package static let timeout: Duration = .seconds(60)
    /// Bytes of a status at most: `systemctl status` shows one line.
    private static let maxStatus = 256

    /// Makes a notifier.
    ///
    /// - Parameters:
    ///   - timeout: the time to wait for a manager whose queue is full, for each notification.
    ///   - report: called with a sentence when the manager can't be reached; may be called again
    ///     and again.
    package init(
        _ environment: ServiceEnvironment = ServiceEnvironment(),
        timeout: Duration = ServiceNotifier.timeout,
        report: @escaping @Sendable (SocketError) -> Void = { _ in }
    ) {
        var socket: NotifySocket?
        do throws(SocketError) {
            socket = try environment.notifySocket.map { name throws(SocketError) in
                try NotifySocket(name, timeout: timeout, report: report)
            }
        } catch {
            report(error)
        }
        self.socket = socket
        watchdogTimeout = socket == nil ? nil : environment.watchdogTimeout
    }

    /// True if a manager asked to be told.
    package var isActive: Bool { socket != nil }

    /// Says that the process serves; later calls do nothing.
    package func ready() {
        send { state in
            guard !state.wasReady, !state.isStopping else { return nil }
            state.wasReady = true
            return "READY=1"
        }
    }

    /// Says that a reload begins; `reloaded()` must follow, however it ends.
    ///
    /// Nothing is said before `ready()`.
    package func reloading() {
        send { state in
            guard state.wasReady, !state.isReloading, !state.isStopping else { return nil }
            state.isReloading = true
            // One datagram: a manager of systemd 253 and later refuses one without the time.
            return "RELOADING=1\nMONOTONIC_USEC=\(KernelClock.monotonic.nanoseconds / 1_000)"
        }
    }

    /// Says that a reload has ended, taken or refused.
    package func reloaded() {
        send { state in
            guard state.isReloading, !state.isStopping else { return nil }
            state.isReloading = false
            return "READY=1"
        }
    }

    /// Says that the process stops; nothing but statuses and `extend` come after it.
    package func stopping() {
        send { state in
            guard !state.isStopping else { return nil }
            state.isStopping = true
            return "STOPPING=1"
        }
    }

    /// Sets the line that `systemctl status` shows: no text that somebody has said, no secret.
    ///
    /// It is made one line, without control characters, of 256 bytes at most.
    package func status(_ line: String) {
        let line = line.cleanedStatus(maxBytes: Self.maxStatus)
        send { state in
            guard state.status != line else { return nil }
            state.status = line
            return "STATUS=\(line)"
        }
    }

    /// Asks the manager to wait longer for the start, a reload or the end: at least for a duration
    /// from now on.
    package func extend(_ duration: Duration) {
        let microseconds = max(1, duration.inNanoseconds / 1_000)
        send { _ in "EXTEND_TIMEOUT_USEC=\(microseconds)" }
    }

    /// Says that the process is alive.
    package func reportAlive() { socket?.sendOrDrop("WATCHDOG=1") }

    /// Sends in the order in which the state changes.
    private func send(_ change: (inout State) -> String?) {
        guard let socket else { return }
        state.withLock { state in
            if let text = change(&state) { socket.send(text) }
        }
    }
}

extension String {
    /// The text on one line, without characters that a terminal or a log would take for anything
    /// but text, cut to a number of bytes.
    fileprivate func cleanedStatus(maxBytes: Int) -> String {
        var result = ""
        for scalar in unicodeScalars {
            let cleaned: Unicode.Scalar =
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate,
                    .privateUse, .unassigned:
                    " "
                default: scalar
                }
            if result.utf8.count + UTF8.width(cleaned) > maxBytes { break }
            result.unicodeScalars.append(cleaned)
        }
        return result
    }
}
