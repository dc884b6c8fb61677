import Foundation
import MessageBus
import Sockets

/// The signatures of Standard Webhooks: HMAC with SHA-256 over `ID.TIMESTAMP.BODY`.
enum WebhookSignature {
    /// Returns the authentication code of a request.
    ///
    /// - Parameter key: the secret's bytes, decoded from Base64.
    static func code(
        id: String, timestamp: String, body: [UInt8], key: [UInt8]
    ) -> [UInt8] {
        HMACSHA256.code(of: Array("\(id).\(timestamp).".utf8) + body, key: key)
    }

    /// Returns the value of the field `webhook-signature`.
    static func headerValue(
        id: String, timestamp: String, body: [UInt8], key: [UInt8]
    ) -> String {
        let code = code(id: id, timestamp: timestamp, body: body, key: key)
        return "v1,\(Data(code).base64EncodedString())"
    }
}
