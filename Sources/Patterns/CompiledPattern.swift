import CPCRE2
import MessageBus

/// A pattern compiled by PCRE2, to machine code if the system allows that.
///
/// Safe from any thread: PCRE2 only reads a compiled pattern.
@safe final class CompiledPattern: @unchecked Sendable {
    let code: OpaquePointer
    let groupCount: Int
    /// True if it is machine code; if not it is interpreted, about ten times slower.
    let isNative: Bool
    // True if a search may be split by where the match begins: `\G` and verbs like `(*COMMIT)`
    // depend on where a search began.
    let isDivisible: Bool

    init(_ text: String) throws(PatternError) {
        var text = text
        var number: Int32 = 0
        var offset = 0
        // \C would match half a character.
        let options =
            PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C | PCRE2_USE_OFFSET_LIMIT
        let compiled = text.withUTF8 { bytes in
            unsafe Self.withSettings {
                unsafe pcre2_compile_8(
                    bytes.baseAddress, bytes.count, options, &number, &offset, $0)
            }
        }
        guard let compiled = unsafe compiled else {
            let before = String(decoding: text.utf8.prefix(offset), as: UTF8.self)
            throw .invalid(Self.sentence(number), character: before.count + 1)
        }
        unsafe code = compiled
        // Succeeds without doing anything for a pattern that begins with (*NO_JIT), so that only
        // the size tells.
        unsafe pcre2_jit_compile_8(compiled, UInt32(PCRE2_JIT_COMPLETE))
        var size = 0
        unsafe pcre2_pattern_info_8(compiled, UInt32(PCRE2_INFO_JITSIZE), &size)
        isNative = size > 0
        isDivisible = !text.contains("\\G") && !text.contains("(*")
        var groups: UInt32 = 0
        unsafe pcre2_pattern_info_8(compiled, UInt32(PCRE2_INFO_CAPTURECOUNT), &groups)
        groupCount = Int(groups)
    }

    deinit { unsafe pcre2_code_free_8(code) }

    /// Returns PCRE2's message for an error.
    static func sentence(_ error: Int32) -> String {
        // The longest message of PCRE2 10.42 has 105 bytes.
        unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 256) { buffer in
            let count = unsafe pcre2_get_error_message_8(error, buffer.baseAddress, buffer.count)
            return unsafe String(decoding: buffer.prefix(max(0, Int(count))), as: UTF8.self)
        }
    }

    private static func withSettings<Result>(_ body: (OpaquePointer?) -> Result) -> Result {
        let settings = unsafe pcre2_compile_context_create_8(nil)
        defer { unsafe pcre2_compile_context_free_8(settings) }
        // Lines of a message end with LF, whatever the library was built for.
        unsafe pcre2_set_newline_8(settings, UInt32(PCRE2_NEWLINE_LF))
        return unsafe body(settings)
    }
}
