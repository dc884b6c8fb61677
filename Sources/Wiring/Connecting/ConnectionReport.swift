import MessageBus

/// The findings of `puente check --connect`, a line for each.
package struct ConnectionReport: Sendable {
    /// A finding about a bridge or the store.
    struct Finding: Sendable {
        let name: String
        let finding: ConnectionFinding
    }

    private let findings: [Finding]

    /// Makes a report.
    ///
    /// - Parameter holds: returns true if the daemon that runs has an address.
    init(_ findings: [Finding], holds: (String) -> Bool) {
        self.findings = findings.map { finding in
            guard case .taken(let address, let reason) = finding.finding else { return finding }
            let result: ConnectionFinding =
                holds(address)
                ? .works("\(address) is held by the daemon that runs")
                : .fails("\(reason): stop what listens there, or choose another address")
            return Finding(name: finding.name, finding: result)
        }
    }

    /// True if nothing has failed.
    package var isGood: Bool {
        !findings.contains {
            if case .fails = $0.finding { true } else { false }
        }
    }

    /// The lines: ✓ for what works, ✗ for what does not, – for what was left out.
    package var lines: [String] {
        findings.map { finding in
            let (mark, words) =
                switch finding.finding {
                case .works(let words): ("✓", words)
                case .fails(let words), .taken(_, let words): ("✗", words)
                case .untried(let words): ("–", words)
                }
            return "\(mark) \(finding.name): \(words)".onOneLine
        }
    }
}
