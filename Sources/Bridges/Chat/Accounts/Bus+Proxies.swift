import MessageBus

extension Bus {
    /// Keeps the addresses of proxies from being banned: everybody behind one would be kept out.
    package func protect(_ proxies: [TrustedProxy]) {
        for case .addresses(let range) in proxies { protect("\(range)") { $0.overlaps(range) } }
    }
}
