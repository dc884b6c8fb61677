import Foundation
import Sockets

/// A fault of the test server's in one call.
package enum BotFault: Sendable, CaseIterable {
    /// A proxy's page, the request not passed on.
    case page
    /// The connection is closed, the request not looked at.
    case closed
    /// The request is done, the connection closed.
    case closedAfter
    /// The same inside the head of the answer.
    case halfHead
    /// The same inside the body.
    case halfBody
    /// The same, and what comes is no JSON.
    case nonsense
    /// Nothing comes, the request not looked at.
    case silence
    /// The request is done, and nothing comes.
    case silenceAfter
    /// 429, with a few seconds to wait.
    case flood
    /// 500 in Telegram's own words.
    case restart

    /// True if the request is done in spite of it.
    package var isDone: Bool {
        switch self {
        case .closedAfter, .halfHead, .halfBody, .nonsense, .silenceAfter: true
        default: false
        }
    }

    /// True if nothing comes, on a connection that stays open.
    package var isSilent: Bool {
        switch self {
        case .silence, .silenceAfter: true
        default: false
        }
    }
}
