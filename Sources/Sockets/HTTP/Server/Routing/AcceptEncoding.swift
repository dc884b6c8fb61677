/// The codings of an answer that a client accepts (RFC 9110, 12.5.3).
enum AcceptEncoding {
    /// Returns whether a client accepts gzip, by its quality and that of `*`.
    static func allowsGzip(_ head: HTTPRequestHead) -> Bool {
        var (gzip, any): (Bool?, Bool?) = (nil, nil)
        head.forEachElement(of: "accept-encoding") { element in
            let parts = unsafe element.split(separator: 0x3B).map {
                unsafe HTTPRequestHead.trimmed(UnsafeRawBufferPointer(rebasing: $0))
            }
            guard let coding = unsafe parts.first else { return }
            let isAccepted = unsafe parts.dropFirst().allSatisfy(isPositive)
            if HTTPRequestHead.equals(coding, "gzip") || HTTPRequestHead.equals(coding, "x-gzip") {
                gzip = isAccepted
            } else if HTTPRequestHead.equals(coding, "*") {
                any = isAccepted
            }
        }
        return gzip ?? any ?? false
    }

    /// Returns false only for the parameter `q` with the value zero.
    @safe private static func isPositive(_ parameter: UnsafeRawBufferPointer) -> Bool {
        let text = unsafe Array(parameter.filter { !HTTPCharacters.isBlank($0) })
        guard text.count > 2, text[0] | 0x20 == 0x71, text[1] == 0x3D else { return true }
        return text[2...].contains { $0 &- 0x31 < 9 }
    }
}
