import CNATS
import Sockets

/// A failure of the broker, or on the way to it, as a sentence.
struct BrokerError: Error, CustomStringConvertible, Sendable {
    /// The kinds of failures that are dealt with in different ways.
    enum Kind: Sendable {
        /// The broker does not answer, or the connection is gone.
        case unreachable
        /// The broker rejects the credentials.
        case refused
        /// The broker answers, and does not do what it is asked.
        case rejected
    }

    let kind: Kind
    let description: String
    /// JetStream's number for a refusal; 0 for any other failure.
    let code: Int64

    /// Makes an error.
    init(_ kind: Kind, _ sentence: String, code: Int64 = 0) {
        self.kind = kind
        description = sentence
        self.code = code
    }

    /// The number of the answer that nobody receives such requests.
    static let noResponders: Int64 = 503
    /// JetStream's number for a temporary refusal: most of the copies are missing.
    static let unavailable: Int64 = 10_008
    /// JetStream's number for a missing stream.
    static let noStream: Int64 = 10_059

    /// Returns the library's words without places in its source, such as `(conn.c:1909): `.
    static func withoutSourcePlaces(_ sentence: String) -> String {
        var result = sentence
        while let open = result.firstIndex(of: "("),
            let close = result[open...].firstIndex(of: ")"),
            result[open..<close].contains(".c:")
        {
            let end = result[result.index(after: close)...].firstIndex { $0 != ":" && $0 != " " }
            result.removeSubrange(open..<(end ?? result.endIndex))
        }
        return result
    }

    /// Makes the error of a call that failed.
    init(_ action: String, _ status: natsStatus) {
        let kind: Kind = status == NATS_CONNECTION_AUTH_FAILED ? .refused : .unreachable
        var sentence = unsafe String(lent: natsStatus_GetText(status)) ?? "error"
        switch status {
        case NATS_CONNECTION_AUTH_FAILED: sentence = "it does not accept the credentials"
        case NATS_TIMEOUT: sentence = "no answer in time"
        case NATS_NO_SERVER: sentence = "nobody listens there"
        case NATS_NO_RESPONDERS: sentence = "nobody takes it"
        case NATS_CONNECTION_CLOSED: sentence = "the connection is gone"
        default:
            // What the library adds may name files and addresses, no secrets.
            var last = NATS_OK
            if let detail = unsafe String(lent: nats_GetLastError(&last)), last == status {
                sentence += ": \(Self.withoutSourcePlaces(detail))"
            }
        }
        let code = status == NATS_NO_RESPONDERS ? Self.noResponders : 0
        self.init(kind, "\(action): \(sentence)", code: code)
    }
}
