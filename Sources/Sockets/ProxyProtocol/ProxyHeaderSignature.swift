/// The test for a PROXY header, for servers that accept none.
public enum ProxyHeaderSignature {
    /// Returns whether bytes begin with a header of version 2, or are a whole one of version 1.
    @safe public static func begins(_ bytes: UnsafeRawBufferPointer) -> Bool {
        if unsafe bytes.starts(with: ProxyHeaderParser.signature) { return true }
        var parser = ProxyHeaderParser()
        if case .header = parser.feed(bytes).result { return true }
        return false
    }
}
