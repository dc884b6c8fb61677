import Foundation
import TestSupport

@testable import NATSBridge

/// A count of the consumers that are requested of a broker, on a connection of its own.
///
/// Those that exist do not tell as much: the broker forgets each after a minute, and some are
/// requested again because a busy machine did not answer in time. Confined to one thread.
final class ConsumerRequests {
    private let connection: BrokerConnection
    private let subscription: BrokerSubscription
    private var count = 0
    private static let subject = "$JS.API.CONSUMER.CREATE"

    /// Begins to count.
    init(_ address: String) throws {
        connection = try BrokerConnection(
            to: address, BrokerAccess(servers: [address]), name: "count")
        do {
            subscription = try connection.subscribe(to: "\(Self.subject).>")
            // The broker has the subscription when it has answered.
            var inbox = try BrokerInbox(connection)
            _ = try inbox.call("INFO")
        } catch {
            connection.end()
            throw error
        }
    }

    /// Returns the number of requests since the beginning; blocks.
    func total() throws -> Int {
        let mark = "\(Self.subject).\(UUID().uuidString)"
        try connection.publish([], to: mark)
        while let request = try subscription.next(within: .seconds(120)) {
            if request.subject == mark { return count }
            count += 1
        }
        throw BrokerError(.unreachable, "the mark behind the requests has not come")
    }

    /// Closes the connection.
    func end() { connection.end() }
}
