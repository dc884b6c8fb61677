/// A file to be served, in memory: as it is and compressed, each with its tag.
///
/// Safe from any thread. Made once, at the start: compressing takes a while.
package struct StaticAsset: Sendable {
    private let contentType: String
    private let plain: [UInt8]
    private let plainTag: String
    /// Compressed, if that makes it shorter.
    private let gzip: [UInt8]?
    private let gzipTag: String
    private let fields: [(name: StaticString, value: String)]

    /// Prepares a file.
    ///
    /// - Parameters:
    ///   - contentType: `text/html; charset=utf-8`.
    ///   - fields: further fields of its answers.
    package init(
        _ bytes: [UInt8], contentType: String, fields: [(name: StaticString, value: String)] = []
    ) {
        self.contentType = contentType
        self.fields = fields
        plain = bytes
        let tag = Self.tag(of: bytes)
        // A strong tag belongs to the bytes that are sent, so each form has its own.
        (plainTag, gzipTag) = ("\"\(tag)\"", "\"\(tag)-gzip\"")
        gzip = GzipEncoder.compress(bytes).flatMap { $0.count < bytes.count ? $0 : nil }
    }

    /// Returns 16 digits of the SHA-256.
    private static func tag(of bytes: [UInt8]) -> String {
        SHA256.digest(of: bytes).prefix(8).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0\(digits)" : digits
        }
        .joined()
    }

    /// Returns the answer to a `GET` or `HEAD`: 200, or 304 if the client has it already.
    package func response(to head: HTTPRequestHead) -> HTTPResponse {
        let isCompressed = gzip != nil && AcceptEncoding.allowsGzip(head)
        let tag = isCompressed ? gzipTag : plainTag
        var response = HTTPResponse(.notModified)
        if !EntityTags.match(head, [tag]) {
            response = HTTPResponse(
                .ok, contentType: contentType, body: isCompressed ? gzip ?? plain : plain)
            if isCompressed { response.fields.append(("Content-Encoding", "gzip")) }
        }
        // Kept, but asked for again each time, so that nothing is stale after an update.
        response.cacheControl = "no-cache"
        response.fields.append(("ETag", tag))
        if gzip != nil { response.fields.append(("Vary", "Accept-Encoding")) }
        response.fields += fields
        return response
    }
}
