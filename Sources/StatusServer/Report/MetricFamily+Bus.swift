import Metrics

// The families exposed for the bus; those of its own a bridge names itself.
extension MetricFamily {
    static let messages = MetricFamily(
        "puente_messages_total", .counter,
        "Texts and corrections that a bridge brought in, by what the chains decided.")
    static let notices = MetricFamily(
        "puente_notices_total", .counter, "Joins, leaves and renames of a bridge's people.")
    static let drops = MetricFamily(
        "puente_drops_total", .counter,
        "What was dropped, by the step (bus: before the first one) and the code of the drop.")
    static let deliveries = MetricFamily(
        "puente_deliveries_total", .counter,
        "Messages that a bridge's readers were handed, each reader counted.")
    static let skipped = MetricFamily(
        "puente_skipped_total", .counter,
        "Messages that were left out for readers that were too far behind.")
    static let waiting = MetricFamily(
        "puente_waiting_messages", .gauge, "Messages that wait for a bridge's readers.")
    static let oldestWaiting = MetricFamily(
        "puente_oldest_waiting_seconds", .gauge,
        "Age of the oldest message that waits for a bridge's readers.", scale: 1e-9,
        combination: .largest)
    static let attempts = MetricFamily(
        "puente_delivery_attempts_total", .counter,
        "Attempts to deliver to a bridge's other side, by their results.")
    static let connections = MetricFamily(
        "puente_connections", .gauge, "Connections that are open.")
    static let connectionsTotal = MetricFamily(
        "puente_connections_total", .counter, "Connections that were let in.")
    static let refused = MetricFamily(
        "puente_refused_total", .counter,
        "Connections that were not let in, by the code that they were told.")
    static let receivedBytes = MetricFamily(
        "puente_received_bytes_total", .counter, "Bytes received from connections.")
    static let sentBytes = MetricFamily(
        "puente_sent_bytes_total", .counter, "Bytes sent to connections.")
    static let people = MetricFamily("puente_people", .gauge, "People in a room.")
    static let turns = MetricFamily(
        "puente_turn_seconds", .histogram, "Durations of the turns of the bus's loop.")
    static let commits = MetricFamily(
        "puente_commit_seconds", .histogram, "Durations of the store's transactions.")
    static let messageTimes = MetricFamily(
        "puente_message_seconds", .histogram,
        "Time from the turn that a message was read in to the last send of that turn.")
    static let storeBacklog = MetricFamily(
        "puente_store_backlog_bytes", .gauge, "Bytes that wait to be stored.")
    static let storeCommitted = MetricFamily(
        "puente_store_committed_number", .gauge,
        "Number up to which every message is stored.", combination: .largest)
    static let storeState = MetricFamily(
        "puente_store_state", .gauge, "State of the store: 1 for the one that it is in.")
    static let bridgeState = MetricFamily(
        "puente_bridge_state", .gauge, "State of a bridge: 1 for the one that it is in.")
    static let restarts = MetricFamily(
        "puente_bridge_restarts_total", .counter, "Times that a bridge was run again.")
    static let reloadSuccessful = MetricFamily(
        "puente_config_last_reload_successful", .gauge,
        "1 if what bridge.json says is what runs, 0 if the last reload was refused.")
    static let reloadTime = MetricFamily(
        "puente_config_last_reload_success_timestamp_seconds", .gauge,
        "Time at which bridge.json was last taken, in seconds since 1970.")
    static let buildInfo = MetricFamily(
        "puente_build_info", .gauge, "Always 1; the version is in the label.")
}
