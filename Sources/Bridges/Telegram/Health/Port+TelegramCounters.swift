import MessageBus

extension Port {
    /// Requests to wait.
    var floods: BridgeCounter {
        counter(
            "telegram_floods_total",
            "Times that Telegram has asked for a pause (too many requests).",
            isPerBridge: false)
    }

    /// Time without an answer.
    var outage: BridgeCounter {
        counter(
            "telegram_outage_seconds_total", "Time in which Telegram did not answer.",
            isPerBridge: false)
    }

    /// Messages whose answer was lost.
    var possibleDuplicates: BridgeCounter {
        counter(
            "telegram_possible_duplicates_total",
            "Messages that may have arrived more than once, because an answer was lost.")
    }
}
