import JSON
import Sockets

/// A request as a hook reads it.
struct HookRequest: Sendable {
    /// The body.
    let body: [UInt8]
    /// True if the client is on this machine and came through no proxy.
    let isLocal: Bool
    private let fields: @Sendable (String) -> String?

    /// Reads a request of the server.
    init(_ request: HTTPRouteRequest) {
        self.init(body: request.body, isLocal: request.isLocal) { request.field($0) }
    }

    /// Makes a request.
    ///
    /// - Parameter fields: returns the value of a field of the head, by its name in lower case.
    init(
        body: [UInt8], isLocal: Bool = true, fields: @escaping @Sendable (String) -> String?
    ) {
        self.body = body
        self.isLocal = isLocal
        self.fields = fields
    }

    /// Returns the value of a field of the head; `nil` if there is none.
    ///
    /// - Parameter name: in lower case.
    func field(_ name: String) -> String? { fields(name) }

    /// The fields in which senders identify a request, with the same value if they send it again.
    private static let idFields = [
        "webhook-id", "x-github-delivery", "x-gitlab-event-uuid", "idempotency-key",
    ]
    /// The most bytes of such an id.
    private static let maxID = 256

    /// The sender's id for the request, with the name of the field in front; `nil` if it has none,
    /// or none that can be remembered.
    var id: String? {
        for field in Self.idFields {
            guard let value = self.field(field), !value.isEmpty else { continue }
            return value.utf8.count <= Self.maxID ? "\(field):\(value)" : nil
        }
        return nil
    }

    /// The JSON in the request: the body, or the field `payload` of a form; `nil` if there is none.
    var json: JSON? {
        let type = (field("content-type") ?? "").split(separator: ";").first?
            .lowercased().filter { $0 != " " }
        // A body sent by curl is called a form unless one says otherwise.
        let isJSON =
            body.first { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 }
            .map { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "[") } ?? false
        if type == "application/x-www-form-urlencoded", !isJSON {
            return FormBody.value(of: "payload", in: body).flatMap { JSONReader.read($0) }
        }
        return JSONReader.read(body)
    }
}
