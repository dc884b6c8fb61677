import CPCRE2
import Glibc
import MessageBus
import Synchronization

/// A search for a pattern in texts, one after the other, without allocating.
///
/// Owned by one holder at a time: the bus's loop for middlewares, the reading thread for followed
/// files. It has room for one match. Copies of a middleware share it, which does no harm on one
/// thread, because a result is read before the next search; debug builds check that no two search
/// at once.
///
/// A search that would take too long is given up: after 20,000 steps of backtracking from one
/// position of the text (2,000 without machine code), after about 20 ms of computing in all, or
/// with 1 MiB of memory for backtracking. That throws, so that the message is dropped and the log
/// says why: a filter that can't judge must not let anything through, and only that text is lost.
@safe package final class Matcher: @unchecked Sendable {  // one at a time uses it
    // From one position of the text, 40 µs. The engine's own limit, ten million, is 20 ms.
    private static let steps: UInt32 = 20_000
    // Bytes for backtracking in machine code: at first, and at most.
    private static let stack = 32 << 10...1 << 20
    // The interpreter's memory in KiB, and its deepest recursion.
    private static let heap: UInt32 = 1_024
    private static let depth: UInt32 = 10_000

    /// The pattern it searches for.
    package let pattern: Pattern
    // The words of the pattern, which keeps them alive: retaining one takes as long as searching
    // for it.
    private let words: [Unmanaged<Literal>]
    private let code: OpaquePointer
    private let isNative: Bool
    private let data: OpaquePointer
    private let context: OpaquePointer
    private let backtracking: OpaquePointer?
    private let ends: UnsafeMutablePointer<Int>
    #if DEBUG
        private let isSearching = Atomic(false)
    #endif

    /// Makes a matcher; throws if there is no memory for it.
    package init(_ pattern: Pattern) throws {
        self.pattern = pattern
        unsafe words = pattern.words.map { unsafe Unmanaged.passUnretained($0) }
        unsafe code = pattern.program.code
        isNative = pattern.program.isNative
        guard let data = unsafe pcre2_match_data_create_from_pattern_8(code, nil) else {
            throw PatternError.invalid("no memory", character: 1)
        }
        guard let context = unsafe pcre2_match_context_create_8(nil) else {
            unsafe pcre2_match_data_free_8(data)
            throw PatternError.invalid("no memory", character: 1)
        }
        unsafe self.data = data
        unsafe self.context = context
        unsafe ends = pcre2_get_ovector_pointer_8(data)
        // A step of the interpreter takes ten times as long.
        unsafe pcre2_set_match_limit_8(context, isNative ? Self.steps : Self.steps / 10)
        unsafe pcre2_set_depth_limit_8(context, Self.depth)
        unsafe pcre2_set_heap_limit_8(context, Self.heap)
        // Without a stack of its own it uses 32 KiB of the thread's.
        unsafe backtracking = pcre2_jit_stack_create_8(
            Self.stack.lowerBound, Self.stack.upperBound, nil)
        unsafe pcre2_jit_stack_assign_8(
            context, nil, backtracking.map(UnsafeMutableRawPointer.init))
    }

    deinit {
        unsafe pcre2_match_data_free_8(data)
        unsafe pcre2_match_context_free_8(context)
        unsafe pcre2_jit_stack_free_8(backtracking)
    }

    /// Returns true if the pattern matches somewhere in a text, which must be valid UTF-8.
    package func matches(_ text: UnsafeRawBufferPointer) throws(PatternError) -> Bool {
        if unsafe !words.isEmpty, let isFound = unsafe hasWord(text) { return isFound }
        return try unsafe matchesExpression(text)
    }

    /// Returns true if the pattern matches somewhere in a text, or in its form if that is what it
    /// sees.
    package func matches(
        _ text: UnsafeRawBufferPointer, form: UnsafeRawBufferPointer
    ) throws(PatternError) -> Bool {
        try unsafe matches(pattern.isExact ? text : form)
    }

    /// Returns true if one of the words occurs; `nil` if only the expression can decide.
    package func hasWord(_ text: UnsafeRawBufferPointer) -> Bool? {
        var isSure = unsafe !words.isEmpty
        for index in unsafe words.indices {
            guard
                let occurs = unsafe words[index]._withUnsafeGuaranteedRef({
                    unsafe $0.occurs(in: text)
                })
            else {
                isSure = false
                continue
            }
            if occurs { return true }
        }
        return isSure ? false : nil
    }

    /// Does the same without searching for words first; tests compare both.
    func matchesExpression(_ text: UnsafeRawBufferPointer) throws(PatternError) -> Bool {
        if text.count <= Search.piece { return try unsafe find(in: text, from: 0, before: nil) }
        var search = unsafe Search(self, in: text)
        return try search.next() != nil
    }

    /// Finds the next match; `self[0]` is its range then.
    ///
    /// - Parameters:
    ///   - start: offset to begin at; must be the beginning of a character.
    ///   - limit: offset before which a match must begin; `nil` for anywhere.
    ///   - afterEmpty: true if an empty match at `start` was found already.
    func find(
        in text: UnsafeRawBufferPointer, from start: Int, before limit: Int?,
        afterEmpty: Bool = false
    ) throws(PatternError) -> Bool {
        #if DEBUG
            let isTaken = isSearching.exchange(true, ordering: .acquiringAndReleasing)
            precondition(!isTaken, "a matcher is confined to one thread at a time")
            defer { isSearching.store(false, ordering: .releasing) }
        #endif
        // The engine needs an address even for an empty text.
        let nothing: StaticString = ""
        let bytes =
            unsafe text.baseAddress?.assumingMemoryBound(to: UInt8.self) ?? nothing.utf8Start
        // PCRE2_UNSET, all bits set: begin anywhere.
        unsafe pcre2_set_offset_limit_8(context, limit.map { $0 - 1 } ?? Int(bitPattern: UInt.max))
        let options = afterEmpty ? PCRE2_NOTEMPTY_ATSTART : 0
        let result =
            if isNative {
                unsafe pcre2_jit_match_8(code, bytes, text.count, start, options, data, context)
            } else {
                // A body is valid UTF-8, so it need not be checked.
                unsafe pcre2_match_8(
                    code, bytes, text.count, start, options | PCRE2_NO_UTF_CHECK, data, context)
            }
        if result >= 0 { return true }
        if result == PCRE2_ERROR_NOMATCH { return false }
        throw unsafe tooHard(text, CompiledPattern.sentence(result))
    }

    func tooHard(_ text: UnsafeRawBufferPointer, _ reason: String) -> PatternError {
        .tooHard(pattern: pattern.text, bytes: text.count, reason)
    }

    /// The range of a group of the last match; `nil` if it took no part.
    ///
    /// The group must exist.
    package subscript(group: Int) -> Range<Int>? {
        let (start, end) = unsafe (ends[2 * group], ends[2 * group + 1])
        return start >= 0 && start <= end ? start..<end : nil
    }
}
