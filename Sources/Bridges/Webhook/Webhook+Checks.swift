import MessageBus

extension Webhook.Options {
    /// Reports addresses, secrets and fields that can't be used, and options without effect.
    package func validate(_ check: inout OptionCheck) {
        if url == nil, hook == nil {
            check.problem("expected \"url\", \"hook\" or both, found neither: nothing to do")
        }
        checkURL(&check)
        checkSecret(&check)
        checkHeaders(&check)
        checkProof(&check)
        checkDirection(&check)
    }

    private func checkURL(_ check: inout OptionCheck) {
        guard let url else {
            for (name, location) in [
                ("headers", $headers), ("body", $body), ("batch", $batch),
                ("giveUpAfter", $giveUpAfter), ("automatic", $automatic),
            ] where location.isSet {
                check.warning(
                    "without \"url\" nothing goes out, and \"\(name)\" has no effect", at: location)
            }
            return
        }
        guard let receiver = Receiver(url) else {
            check.problem(
                "expected an address like \"https://hooks.example.org/…\" in a string", at: $url)
            return
        }
        if receiver.isPlain, receiver.isForeignAddress {
            check.problem(
                "\(receiver) is another machine, and http is not encrypted: use https", at: $url)
        }
        // Such a text is a variable that was never replaced.
        if url.reveal().hasPrefix("$") {
            check.problem("a variable is written ${env:NAME}", at: $url)
        }
    }

    private func checkSecret(_ check: inout OptionCheck) {
        guard let secret else { return }
        if url == nil, hook == nil { return }
        let proof = hook.map { $0.proof ?? .standard }
        let needsKeys = url != nil || proof == .standard
        for (index, one) in secret.secrets.enumerated() {
            let location = $secret[index]
            if needsKeys, SecretList.key(in: one) == nil {
                check.problem(
                    """
                    expected "whsec_" and \(SecretList.sizes.lowerBound) to \
                    \(SecretList.sizes.upperBound) bytes in base64, as of \
                    `echo whsec_$(head -c 32 /dev/urandom | base64)`
                    """, at: location)
            } else if one.reveal().utf8.count < Self.minSecret {
                check.problem(
                    "expected a secret of at least \(Self.minSecret) bytes", at: location)
            }
        }
        if url == nil, proof == .path || proof == HookProof.Kind.none {
            check.warning("nothing is signed with it or proved by it", at: $secret)
        }
    }

    /// The fewest bytes of a secret: 128 bits, if it is random.
    private static let minSecret = 16

    /// Fields that the bridge writes itself.
    private static let ownFields: Set = [
        "connection", "content-length", "content-type", "expect", "host", "te", "trailer",
        "transfer-encoding", "upgrade", "webhook-id", "webhook-signature", "webhook-timestamp",
    ]

    private func checkHeaders(_ check: inout OptionCheck) {
        for name in headers.keys.sorted() {
            if name.isEmpty || !name.utf8.allSatisfy(Self.isToken) {
                check.problem(
                    "expected the name of a field, found \(name.shortened(to: 60).quoted)",
                    at: $headers.key(name))
            } else if Self.ownFields.contains(name.lowercased()) {
                check.problem("\(name) is written by the bridge itself", at: $headers.key(name))
            } else if headers[name]?.reveal().utf8.contains(where: { $0 < 0x20 || $0 == 0x7F })
                ?? false
            {
                check.problem("no field can have a control character", at: $headers[name])
            }
        }
        let folded = Dictionary(grouping: headers.keys) { $0.lowercased() }
        for names in folded.values where names.count > 1 {
            check.problem(
                "\(names.sorted().joined(separator: " and ")) are one field", at: $headers)
        }
    }

    /// RFC 9110, 5.6.2.
    private static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }

    private func checkProof(_ check: inout OptionCheck) {
        guard let hook else { return }
        guard let proof = hook.proof ?? (secret == nil ? nil : .standard) else {
            check.problem(
                """
                expected a "proof" in the hook, or a "secret" beside it: anybody could speak here
                """, at: $hook)
            return
        }
        let location = hook.$proof.isSet ? hook.$proof : $hook
        switch proof {
        case .standard, .github, .token:
            if secret == nil {
                check.problem(
                    "the proof \(proof.rawValue.quoted) needs a \"secret\" beside the hook",
                    at: location)
            }
        case .path:
            let path = hook.path.reveal()
            let last = path.split(separator: "/").last ?? ""
            if last.utf8.count < HookOptions.minSecretPath || Set(last.utf8).count < 8 {
                check.problem(
                    """
                    a path that is the proof needs \(HookOptions.minSecretPath) random characters \
                    or more at its end, as of `openssl rand -hex 16`
                    """, at: hook.$path)
            }
        case .none:
            if let listen = hook.listen, !listen.isLoopback {
                check.problem(
                    """
                    without a proof anybody can speak here: listen on 127.0.0.1, or demand one
                    """, at: location)
            }
        }
    }

    private func checkDirection(_ check: inout OptionCheck) {
        guard let direction = check.direction else { return }
        switch direction.way {
        case .in where hook == nil:
            check.problem(
                "the direction is \"in\", and without \"hook\" nothing comes in",
                at: direction.location)
        case .out where url == nil:
            check.problem(
                "the direction is \"out\", and without \"url\" nothing goes out",
                at: direction.location)
        case .in where url != nil:
            check.warning(
                "nothing goes out by a bridge whose direction is \"in\": \"url\" has no effect",
                at: $url)
        case .out where hook != nil:
            check.warning(
                "nothing comes in by a bridge whose direction is \"out\": \"hook\" has no effect",
                at: $hook)
        default: break
        }
    }
}

extension Address {
    /// True if only this machine can reach it, as far as its text says.
    fileprivate var isLoopback: Bool {
        switch self {
        case .unix: true
        case .network(let host, _): host == "localhost" || host == "::1" || host.hasPrefix("127.")
        }
    }
}
