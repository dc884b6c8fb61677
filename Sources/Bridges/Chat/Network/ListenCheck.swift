import Glibc
import MessageBus
import Sockets

/// A check of what a listening bridge needs: its addresses and its certificate.
package struct ListenCheck: Sendable {
    private let addresses: [ListenAddress]
    private let certificate: CertificateFiles?
    private let directory: @Sendable (String) -> String

    /// Makes a check.
    ///
    /// - Parameters:
    ///   - certificate: the files of the certificate; `nil` for connections in plain.
    ///   - directory: returns a path that can be opened, from one relative to bridge.json.
    package init(
        _ addresses: [ListenAddress], _ certificate: CertificateFiles? = nil,
        directory: @escaping @Sendable (String) -> String
    ) {
        self.addresses = addresses
        self.certificate = certificate
        self.directory = directory
    }

    /// Performs the check, on a thread of its own.
    package func findings() async -> [ConnectionFinding] {
        do throws(SocketError) {
            // The resolver and the file system may take their time.
            return try await DedicatedThread.run(named: "check") {
                addresses.flatMap(listenFindings) + certificateFindings()
            }
        } catch {
            return [.fails("\(error)")]
        }
    }

    private func listenFindings(_ wanted: ListenAddress) -> [ConnectionFinding] {
        let address = wanted.address
        let advice = "check \(wanted.option.quoted)"
        if address.isAnyPort {
            return [.untried("\(address): the system finds a free port")]
        }
        let resolved: [SocketAddress]
        do {
            resolved = try self.resolved(address)
        } catch {
            return [.fails("\(error): \(advice)")]
        }
        var findings: [ConnectionFinding] = []
        for address in resolved {
            do throws(SocketError) {
                try Listener.check(address)
                findings.append(.works("\(address) is free"))
            } catch {
                // A name may have an address of a kind that is off here.
                if error.meansNoSuchAddress, resolved.count > 1 { continue }
                findings.append(Self.finding(address, error, advice))
            }
        }
        return findings.isEmpty
            ? [.fails("this machine has none of the addresses of \(address): \(advice)")]
            : findings
    }

    private static func finding(
        _ address: SocketAddress, _ error: SocketError, _ advice: String
    ) -> ConnectionFinding {
        switch error.code {
        case EADDRINUSE: .taken(address: "\(address)", reason: "\(error)")
        case EACCES where address.family != AF_UNIX:
            .fails("\(error): a port below 1024 needs CAP_NET_BIND_SERVICE")
        case EADDRNOTAVAIL: .fails("\(error): no interface of this machine has it")
        default: .fails("\(error): \(advice)")
        }
    }

    private func resolved(_ address: Address) throws -> [SocketAddress] {
        switch address {
        case .unix(let path): [try SocketAddress.unix(path: directory(path))]
        case .network(let host, let port):
            try SocketAddress.resolve(host: host, port: UInt16(clamping: port))
        }
    }

    private func certificateFindings() -> [ConnectionFinding] {
        guard let certificate else { return [] }
        do throws(TLSError) {
            _ = try certificate.load()
            return [.works("the certificate and its key match")]
        } catch {
            return [.fails("\(error): check \"tls\"")]
        }
    }
}
