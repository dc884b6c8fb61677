extension HTTPRequestHead {
    /// Checks the type of a body, which must not be compressed; parameters such as `charset=utf-8`
    /// may follow it.
    ///
    /// - Parameter type: in lower case: `application/json`.
    /// - Throws: `HTTPRefusal` with 415.
    package func requireContentType(_ type: StaticString) throws(HTTPRefusal) {
        let value = count(of: "content-type") == 1 ? self["content-type"] : nil
        let essence = value?.prefix { $0 != ";" && $0 != " " && $0 != "\t" }.lowercased()
        guard essence == "\(type)" else {
            throw HTTPRefusal(.unsupportedMediaType, "the Content-Type is not \(type)")
        }
        guard elements(of: "content-encoding").allSatisfy({ $0.lowercased() == "identity" }) else {
            throw HTTPRefusal(.unsupportedMediaType, "a body must not be compressed")
        }
    }
}
