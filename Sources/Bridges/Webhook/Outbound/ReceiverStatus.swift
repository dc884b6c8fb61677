import Locking
import MessageBus

/// The state of the receiver: logged once for each outage, and shown as the bridge's state.
///
/// Safe from any thread.
final class ReceiverStatus: Sendable {
    private let receiver: Receiver
    private let port: Port
    private let problem = Locked<String?>(nil)

    init(_ receiver: Receiver, _ port: Port) {
        self.receiver = receiver
        self.port = port
    }

    /// Records an attempt that failed.
    func recordFailure(_ reason: String, asksFor pause: Duration?) {
        let sentence = "\(receiver) takes nothing: \(reason)"
        let wasFailing = problem.withLock { problem in
            defer { problem = sentence }
            return problem != nil
        }
        let next = pause.map { "; it asks for a pause of \($0.plain)" } ?? ""
        if wasFailing {
            port.log.debug("\(sentence)\(next)")
        } else {
            port.log.warning("\(sentence)\(next). Trying again")
            report()
        }
    }

    /// Records that the receiver has answered.
    func recordAnswer() {
        let wasFailing = problem.withLock { $0.take() != nil }
        guard wasFailing else { return }
        port.log.info("\(receiver) answers again")
        report()
    }

    private func report() {
        port.reportReachability { [problem = self] in problem.problem.withLock { $0 } }
    }
}
