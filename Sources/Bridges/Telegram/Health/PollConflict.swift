import Chat
import MessageBus
import Locking

/// Who else is given the bot's updates: said once, and when it is over.
///
/// Safe from any thread.
final class PollConflict: Sendable {
    private enum Rival {
        case poller
        case webhook
    }

    private let log: Log
    private let rival = Locked<Rival?>(nil)

    init(_ log: Log) { self.log = log }

    /// Telegram refuses a poll, and says why.
    func note(_ answer: String) {
        note(answer.lowercased().contains("webhook") ? .webhook : .poller, " (\(answer))")
    }

    /// Telegram says that it delivers to a webhook.
    func noteWebhook() { note(.webhook, "") }

    private func note(_ new: Rival, _ answer: String) {
        let isNew = rival.withLock { rival in
            defer { rival = new }
            return rival != new
        }
        guard isNew else { return }
        switch new {
        case .poller:
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

    /// A poll was answered.
    func end() {
        guard rival.withLock({ $0.take() }) != nil else { return }
        log.info("it is the only one that polls again")
    }
}
