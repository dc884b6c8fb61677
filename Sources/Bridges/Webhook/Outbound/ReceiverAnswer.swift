import MessageBus
import Sockets

/// The result of an attempt to send.
enum ReceiverAnswer: Equatable, Sendable {
    /// A status of 2xx.
    case accepted
    /// Another 4xx: trying again would not help.
    case rejected(String)
    /// 410: the receiver wants no more at all.
    case gone
    /// The attempt is to be repeated: after the pause, if the receiver has asked for one.
    case failed(String, after: Duration? = nil)

    /// The longest pause that a receiver may ask for.
    static let maxPause = Duration.seconds(3_600)

    /// Judges a status.
    init(_ answer: HTTPAnswer) {
        let status = answer.status
        let pause = answer.retryAfter.map { min($0, Self.maxPause) }
        switch status {
        case 200..<300: self = .accepted
        case 410: self = .gone
        case 408, 425, 429: self = .failed("it answers \(status)", after: pause)
        case 300..<400:
            self = .failed(
                "it answers \(status), a redirect, which is not followed: put the new address in \"url\""
            )
        case 400..<500: self = .rejected("it answers \(status)")
        default: self = .failed("it answers \(status)", after: pause)
        }
    }

    /// Judges a request without an answer.
    init(_ error: HTTPError) { self = .failed("\(error)") }

    /// The word for the result in the metrics.
    var metric: String {
        switch self {
        case .accepted: "delivered"
        case .rejected: "rejected"
        case .gone: "gone"
        case .failed: "failed"
        }
    }
}
