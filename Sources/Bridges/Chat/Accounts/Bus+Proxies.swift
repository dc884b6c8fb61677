import MessageBus

extension Bus {
    /// Keeps the addresses of proxies from being banned: a ban on one would keep out everybody
    /// behind it.
    package func protect(_ proxies: [TrustedProxy]) {
        for case .addresses(let range) in proxies { protect("\(range)") { $0.overlaps(range) } }
    }
}
