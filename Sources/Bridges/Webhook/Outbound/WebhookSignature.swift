import Foundation
import MessageBus
import Sockets

/// The signatures of Standard Webhooks: HMAC with SHA-256 over `ID.TIMESTAMP.BODY`.
enum WebhookSignature {
    /// Returns the code of a request.
    static func code(
        id: String, timestamp: String, body: [UInt8], key: [UInt8]
    ) -> [UInt8] {
        HMACSHA256.code(of: Array("\(id).\(timestamp).".utf8) + body, key: key)
    }

    /// Returns the value of `webhook-signature`.
    static func field(
        id: String, timestamp: String, body: [UInt8], key: [UInt8]
    ) -> String {
        let code = code(id: id, timestamp: timestamp, body: body, key: key)
        return "v1,\(Data(code).base64EncodedString())"
    }
}
