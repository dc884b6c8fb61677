/// The names and values of a query: `after=5&count=100`.
package struct HTTPQuery: Sendable {
    private var values: [(name: String, value: String)] = []

    /// Parses the query of a request; empty if it has none.
    ///
    /// - Throws: `HTTPRefusal` if it can't be decoded, or if a name comes twice: which of the
    ///   values counts would be a guess.
    package init(_ head: HTTPRequestHead) throws(HTTPRefusal) {
        let result = head.withQuery { bytes in
            Result<HTTPQuery, HTTPRefusal> { () throws(HTTPRefusal) in try HTTPQuery(bytes) }
        }
        self = try result.get()
    }

    @safe private init(_ bytes: UnsafeRawBufferPointer) throws(HTTPRefusal) {
        var start = 0
        while start < bytes.count {
            let part = bytes.part(start..<(bytes.offset(of: 0x26, from: start) ?? bytes.count))
            start += part.count + 1
            if part.count == 0 { continue }
            let equals = part.offset(of: 0x3D) ?? part.count
            let name = try PercentDecoding.text(
                part.part(..<equals), decodesPlus: true)
            let value = try PercentDecoding.text(
                part.part(min(equals + 1, part.count)...), decodesPlus: true)
            guard self[name] == nil else {
                throw .malformed("the query contains a name twice")
            }
            values.append((name, value))
        }
    }

    /// The value of a name; empty if it has none, `nil` if the name is not there.
    package subscript(name: String) -> String? { values.first { $0.name == name }?.value }

    /// The names, in the order in which they came.
    package var names: [String] { values.map(\.name) }
}
