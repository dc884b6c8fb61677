import MessageBus

extension Port {
    /// Messages that were sent again.
    var possibleDuplicates: BridgeCounter {
        counter(
            "irc_possible_duplicates_total",
            "Messages that may have arrived more than once, because a connection was lost.")
    }

    /// Messages in place of which a line with their number went out.
    var leftOut: BridgeCounter {
        counter(
            "irc_left_out_total",
            "Lines that were too old to be said, and were only counted.")
    }
}
