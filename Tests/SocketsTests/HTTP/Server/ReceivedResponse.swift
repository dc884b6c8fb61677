import TestSupport

/// An answer as a client sees it, whose body ends with a line ending.
struct ReceivedResponse {
    let status: Int
    let fields: [String: String]
    let body: String

    /// Reads an answer; `nil` at the end of the connection.
    ///
    /// - Parameter isHead: whether the request was `HEAD`.
    init?(from client: ChatClient, isHead: Bool = false) async throws {
        guard let first = try await client.line() else { return nil }
        status = Int(first.split(separator: " ").dropFirst().first ?? "") ?? 0
        var fields: [String: String] = [:]
        while let line = try await client.line(), line != "\r" {
            let parts = line.dropLast().split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            fields[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
        }
        self.fields = fields
        var body = ""
        let length = isHead ? 0 : Int(fields["content-length"] ?? "") ?? 0
        while body.utf8.count < length, let line = try await client.line() { body += "\(line)\n" }
        self.body = body
    }
}
