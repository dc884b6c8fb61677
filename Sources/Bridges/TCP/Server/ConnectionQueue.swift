/// Connections that wait for their turn, the first one first.
///
/// Confined to whoever holds it.
struct ConnectionQueue {
    private var connections: [ChatConnection] = []
    private var first = 0

    /// Served entries at the front before they are removed, which moves the others.
    private static let maxServedEntries = 1_024

    var isEmpty: Bool { first == connections.count }
    var count: Int { connections.count - first }

    /// Adds a connection behind the others.
    mutating func append(_ connection: ChatConnection) { connections.append(connection) }

    /// Removes and returns the first connection; there must be one.
    mutating func removeFirst() -> ChatConnection {
        let connection = connections[first]
        first += 1
        if first == connections.count || first > Self.maxServedEntries {
            connections.removeFirst(first)
            first = 0
        }
        return connection
    }
}
