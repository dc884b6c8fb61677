import Glibc

/// A password in composed form (NFC), never printed, and erased from memory with its last
/// reference.
///
/// Safe from any thread: the bytes are written once, by the initializer.
@safe package final class Password: @unchecked Sendable {  // written once, by the initializer
    private let bytes: UnsafeMutableRawBufferPointer

    /// The allowed number of bytes of a password, in NFC.
    package static let allowedCount = 8...256

    /// Makes a password from the UTF-8 bytes of a text in NFC; `nil` if they can't be one.
    ///
    /// It must have 8 to 256 bytes of valid UTF-8, and no spaces, controls, default-ignorable or
    /// unassigned characters: RFC 8265's OpaqueString, without its spaces. The given bytes are not
    /// erased here: that is up to their owner.
    @safe package init?(composed text: UnsafeRawBufferPointer) {
        guard Self.allowedCount.contains(text.count), unsafe Self.isAllowed(text) else {
            return nil
        }
        unsafe bytes = .allocate(byteCount: text.count, alignment: 1)
        unsafe bytes.copyMemory(from: text)
    }

    /// Copies a password.
    package init(_ other: Password) {
        unsafe bytes = .allocate(byteCount: other.bytes.count, alignment: 1)
        unsafe bytes.copyMemory(from: UnsafeRawBufferPointer(other.bytes))
    }

    deinit {
        // Unlike memset it is not optimized away.
        if let start = unsafe bytes.baseAddress { unsafe explicit_bzero(start, bytes.count) }
        unsafe bytes.deallocate()
    }

    /// Calls a function with the bytes.
    ///
    /// The function must not keep or print them.
    package func withBytes<Value>(_ body: (UnsafeRawBufferPointer) throws -> Value) rethrows
        -> Value
    {
        try withExtendedLifetime(self) { try unsafe body(UnsafeRawBufferPointer(bytes)) }
    }

    private static func isAllowed(_ text: UnsafeRawBufferPointer) -> Bool {
        // ASCII needs no String, whose copies nobody could erase.
        if unsafe text.allSatisfy({ $0 < 0x80 }) {
            return unsafe text.allSatisfy { 0x21...0x7E ~= $0 }
        }
        guard let decoded = unsafe String(validating: text, as: UTF8.self) else { return false }
        return decoded.unicodeScalars.allSatisfy(isAllowed)
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        let properties = scalar.properties
        if properties.isWhitespace || properties.isDefaultIgnorableCodePoint { return false }
        switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .spaceSeparator,
            .lineSeparator, .paragraphSeparator:
            return false
        default: return true
        }
    }
}

extension Password: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Says only that it is a secret.
    package var description: String { "•••" }
    /// Says only that it is a secret.
    package var debugDescription: String { description }
    /// Shows nothing, also to `dump`.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
