import JSON

/// The answer to a request.
struct HTTPAnswer: Sendable {
    let status: Int
    /// The names in lower case.
    let headers: [String: String]
    let body: [UInt8]

    /// The body, read as JSON.
    var json: JSON { JSONReader.read(body) ?? .null }
    /// The `code` of an error.
    var code: String? { json["code"].string }
    /// The texts of a page of messages.
    var texts: [String] { json["messages"].elements.map { $0["text"].string ?? "?" } }
    /// The numbers of a page of messages.
    var numbers: [Int64] { json["messages"].elements.map { $0["number"].integer ?? -1 } }
}
