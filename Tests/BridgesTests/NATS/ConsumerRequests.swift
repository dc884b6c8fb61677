import Foundation
import TestSupport

@testable import NATSBridge

/// A count of the consumers that are requested of a broker from now on.
///
/// Those that exist do not tell as much: the broker forgets each after a minute, and some are
/// requested again because a busy machine did not answer in time.
final class ConsumerRequests {
    private let connection: BrokerConnection
    private let subscription: BrokerSubscription
    private let subject = "$JS.API.CONSUMER.CREATE"

    /// Begins to count.
    init(_ address: String) throws {
        connection = try BrokerConnection(
            to: address, BrokerAccess(servers: [address]), name: "count")
        subscription = try connection.subscribe(to: "\(subject).>")
        // The broker has the subscription when it has answered.
        var inbox = try BrokerInbox(connection)
        _ = try inbox.call("INFO")
    }

    /// Returns the number of requests until now; blocks.
    func count() throws -> Int {
        let mark = "\(subject).\(UUID().uuidString)"
        try connection.publish([], to: mark)
        var count = 0
        while let request = try subscription.next(within: .seconds(120)) {
            if request.subject == mark { return count }
            count += 1
        }
        throw CocoaError(.fileReadUnknown)
    }

    /// Closes the connection.
    func end() { connection.end() }
}
