import Chat
import MessageBus
import Locking

/// The conflict with another receiver of the bot's updates, logged once and when it is over.
///
/// Owned by the poll, which shares it with the checks at the start; safe from any thread.
final class PollConflict: Sendable {
    private enum Receiver {
        case program
        case webhook
    }

    private let log: Log
    private let other = Locked<Receiver?>(nil)

    init(_ log: Log) { self.log = log }

    /// Records that Telegram refuses a poll.
    ///
    /// - Parameter answer: its reason.
    func record(_ answer: String) {
        record(answer.lowercased().contains("webhook") ? .webhook : .program, " (\(answer))")
    }

    /// Records that Telegram delivers to a webhook.
    func recordWebhook() { record(.webhook, "") }

    private func record(_ receiver: Receiver, _ answer: String) {
        let isNew = other.withLock { other in
            defer { other = receiver }
            return other != receiver
        }
        guard isNew else { return }
        switch receiver {
        case .program:
            log.error(
                """
                another program polls with the same token\(answer); stop it, or give this bridge a \
                bot of its own. Trying again
                """)
        case .webhook:
            log.error(
                """
                a webhook is set for this bot, so Telegram delivers nothing here\(answer); delete \
                it with deleteWebhook. Trying again
                """)
        }
    }

    /// Records that a poll was answered.
    func end() {
        guard other.withLock({ $0.take() }) != nil else { return }
        log.info("no other program polls with this token any more")
    }
}
