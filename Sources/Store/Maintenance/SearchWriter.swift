import CSQLite
import MessageBus

/// The SQL function `search_words`, which turns a text into the words that go into the index.
///
/// Owned by its connection; confined to that one's thread, which `WriteConnection` checks.
final class SearchWriter {
    private let tokens = SearchTokens()
    private var words: [UInt8] = []

    /// Returns the writer that a call belongs to.
    static func writer(of context: OpaquePointer?) -> SearchWriter? {
        unsafe sqlite3_user_data(context).map {
            unsafe Unmanaged<SearchWriter>.fromOpaque($0).takeUnretainedValue()
        }
    }

    /// Releases the writer of a connection that is closed.
    static func release(_ pointer: UnsafeMutableRawPointer?) {
        unsafe pointer.map { unsafe Unmanaged<SearchWriter>.fromOpaque($0).release() }
    }

    /// Computes the result of a call.
    func answer(_ context: OpaquePointer?, _ value: OpaquePointer?) {
        // The text first: asking for it may change its length.
        let text = unsafe sqlite3_value_text(value)
        let count = unsafe Int(sqlite3_value_bytes(value))
        let bytes = unsafe UnsafeRawBufferPointer(start: text, count: text == nil ? 0 : count)
        tokens.write(bytes, to: &words)
        unsafe words.withUnsafeBytes { words in
            unsafe sqlite3_result_text(
                context, words.baseAddress?.assumingMemoryBound(to: CChar.self),
                Int32(clamping: words.count), transientText)
        }
    }
}
