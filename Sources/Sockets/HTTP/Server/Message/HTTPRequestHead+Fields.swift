import Glibc

// The fields of a head. Names are given in lower case.

extension HTTPRequestHead {
    /// Returns the value of a field, with commas between those of several (RFC 9110, 5.3); `nil` if
    /// there is none.
    ///
    /// - Parameter name: in lower case.
    package subscript(name: StaticString) -> String? {
        var result: String?
        for field in fields where isNamed(field, name) {
            let value = text(field.value)
            result = result.map { "\($0), \(value)" } ?? value
        }
        return result
    }

    /// Returns whether there is a field of a name.
    ///
    /// - Parameter name: in lower case.
    package func contains(_ name: StaticString) -> Bool {
        fields.contains { isNamed($0, name) }
    }

    /// Returns how many fields have a name: a field that is not a list must not come twice.
    ///
    /// - Parameter name: in lower case.
    package func count(of name: StaticString) -> Int {
        fields.count { isNamed($0, name) }
    }

    /// Returns whether a list, such as that of `connection`, contains a token, whatever its case.
    ///
    /// - Parameters:
    ///   - name: the field's name, in lower case.
    ///   - token: in lower case.
    package func list(_ name: StaticString, contains token: StaticString) -> Bool {
        var isFound = false
        forEachElement(of: name) { if Self.equals($0, token) { isFound = true } }
        return isFound
    }

    /// Returns the elements of a list.
    ///
    /// - Parameter name: in lower case.
    package func elements(of name: StaticString) -> [String] {
        var result: [String] = []
        forEachElement(of: name) { result.append($0.text) }
        return result
    }

    /// Calls a function with each element of a list that is separated by commas, without blanks
    /// around it; empty ones are left out (RFC 9110, 5.6.1).
    ///
    /// - Parameter name: in lower case.
    @safe func forEachElement(of name: StaticString, _ body: (UnsafeRawBufferPointer) -> Void) {
        for field in fields where isNamed(field, name) {
            withBytes(field.value) { value in
                var start = 0
                while start < value.count {
                    let end = value.offset(of: 0x2C, from: start) ?? value.count
                    let element = Self.trimmed(value.part(start..<end))
                    if element.count > 0 { unsafe body(element) }
                    start = end + 1
                }
            }
        }
    }

    func isNamed(_ field: Field, _ name: StaticString) -> Bool {
        guard field.name.count == name.utf8CodeUnitCount else { return false }
        return withBytes(field.name) {
            unsafe $0.baseAddress.map {
                unsafe memcmp($0, name.utf8Start, name.utf8CodeUnitCount) == 0
            } ?? false
        }
    }

    /// Returns whether bytes are a token, whatever their case.
    ///
    /// - Parameter token: in lower case.
    @safe static func equals(_ bytes: UnsafeRawBufferPointer, _ token: StaticString) -> Bool {
        guard bytes.count == token.utf8CodeUnitCount else { return false }
        return bytes.indices.allSatisfy {
            unsafe HTTPCharacters.lowercase(bytes[$0]) == token.utf8Start[$0]
        }
    }

    /// Returns bytes without the spaces and tabs around them.
    @safe static func trimmed(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var (start, end) = (0, bytes.count)
        while start < end, unsafe HTTPCharacters.isBlank(bytes[start]) { start += 1 }
        while end > start, unsafe HTTPCharacters.isBlank(bytes[end - 1]) { end -= 1 }
        return bytes.part(start..<end)
    }
}
