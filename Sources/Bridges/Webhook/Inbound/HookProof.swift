import Foundation
import MessageBus
import Sockets

/// The check that a request comes from its rightful sender.
package struct HookProof: Sendable {
    /// The ways to prove the sender.
    package enum Kind: String, Sendable, CaseIterable, OptionValue {
        /// A signature of Standard Webhooks.
        case standard
        /// The signature that GitHub makes.
        case github
        /// The secret itself, as a bearer token or as GitLab sends it.
        case token
        /// A path that nobody can guess.
        case path
        /// Nothing, for clients on this machine.
        case none
    }

    let kind: Kind
    let secrets: [Secret]

    /// Seconds that a timestamp may differ from now.
    static let tolerance: Int64 = 300
    /// The most signatures of one request that are checked.
    private static let maxSignatures = 16

    init(_ kind: Kind, _ secrets: SecretList?) {
        self.kind = kind
        self.secrets = secrets?.secrets ?? []
    }

    /// Returns the reason why a request is refused; `nil` if its sender is proved.
    func objection(to request: HookRequest, at now: Timestamp) -> String? {
        switch kind {
        case .standard: standardObjection(to: request, at: now)
        case .github: githubObjection(to: request)
        case .token: tokenObjection(to: request)
        case .path: nil
        case .none: localObjection(to: request)
        }
    }

    private func standardObjection(to request: HookRequest, at now: Timestamp) -> String? {
        guard let id = request.field("webhook-id"),
            let timestamp = request.field("webhook-timestamp"),
            let signatures = request.field("webhook-signature")
        else { return "the fields webhook-id, webhook-timestamp and webhook-signature are missing" }
        guard let time = Int64(timestamp), timestamp.utf8.count <= 12 else {
            return "webhook-timestamp is not a number of seconds"
        }
        guard abs(time - now.milliseconds / 1_000) <= Self.tolerance else {
            return "webhook-timestamp is more than \(Self.tolerance / 60) minutes from now"
        }
        let codes = signatures.split(separator: " ").prefix(Self.maxSignatures)
            .filter { $0.hasPrefix("v1,") }
            .compactMap { Data(base64Encoded: String($0.dropFirst(3))).map(Array.init) }
        var isRight = false
        for key in secrets.compactMap(SecretList.key) {
            let code = WebhookSignature.code(
                id: id, timestamp: timestamp, body: request.body, key: key)
            // All are compared, so that the time does not show which one was right.
            for other in codes where HMACSHA256.areEqual(code, other) { isRight = true }
        }
        return isRight ? nil : "webhook-signature is not the right one"
    }

    private func githubObjection(to request: HookRequest) -> String? {
        guard let field = request.field("x-hub-signature-256") else {
            return "the field X-Hub-Signature-256 is missing"
        }
        guard field.hasPrefix("sha256="), let code = Self.bytes(hex: field.dropFirst(7)) else {
            return "X-Hub-Signature-256 is not a signature"
        }
        var isRight = false
        for secret in secrets {
            let right = HMACSHA256.code(of: request.body, key: Array(secret.reveal().utf8))
            if HMACSHA256.areEqual(right, code) { isRight = true }
        }
        return isRight ? nil : "X-Hub-Signature-256 is not the right one"
    }

    private static func bytes(hex text: Substring) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count == 2 * HMACSHA256.count else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            let pair = String(decoding: digits[index...(index + 1)], as: UTF8.self)
            guard digits[index] != UInt8(ascii: "+"), digits[index] != UInt8(ascii: "-"),
                let byte = UInt8(pair, radix: 16)
            else { return nil }
            bytes.append(byte)
        }
        return bytes
    }

    private func tokenObjection(to request: HookRequest) -> String? {
        var tokens: [String] = []
        if let token = request.field("x-gitlab-token") { tokens.append(token) }
        if let field = request.field("authorization") {
            let words = field.split(separator: " ", maxSplits: 1)
            if words.count == 2, words[0].lowercased() == "bearer" {
                tokens.append(String(words[1]))
            }
        }
        if tokens.isEmpty {
            return "the token is missing: Authorization: Bearer, or X-Gitlab-Token"
        }
        var isRight = false
        for secret in secrets {
            for token in tokens
            where HMACSHA256.areEqual(Array(secret.reveal().utf8), Array(token.utf8)) {
                isRight = true
            }
        }
        return isRight ? nil : "the token is not the right one"
    }

    private func localObjection(to request: HookRequest) -> String? {
        let isForwarded = ["forwarded", "x-forwarded-for", "via"].contains {
            request.field($0) != nil
        }
        if !request.isLocal || isForwarded { return "only this machine may speak here" }
        // Any web page may have a browser on this machine send a form.
        if request.field("origin") != nil || request.field("sec-fetch-site") != nil {
            return "pages in a browser may not speak here"
        }
        return nil
    }
}
