/// The slots of a server's connections: at most so many, and so many of each address.
///
/// Owned by `HTTPServer`; confined to the loop.
struct ConnectionSlots {
    var maxCount: Int
    var maxPerHost: Int
    private var count = 0
    private var countByHost: [HostKey: Int] = [:]

    init(maxCount: Int, maxPerHost: Int) {
        self.maxCount = maxCount
        self.maxPerHost = maxPerHost
    }

    var isFull: Bool { count >= maxCount }

    func isFull(for host: HostKey?) -> Bool {
        host.map { countByHost[$0, default: 0] >= maxPerHost } ?? false
    }

    mutating func add(_ slot: ConnectionSlot) {
        if slot.isCounted { count += 1 }
        if let host = slot.host { countByHost[host, default: 0] += 1 }
    }

    mutating func remove(_ slot: ConnectionSlot) {
        if slot.isCounted { count -= 1 }
        guard let host = slot.host, let count = countByHost[host] else { return }
        countByHost[host] = count > 1 ? count - 1 : nil
    }
}
