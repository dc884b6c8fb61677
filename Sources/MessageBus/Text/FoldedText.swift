/// A text in the form that patterns and searches compare: NFKC, without characters that are not
/// seen.
///
/// `Ｃａｓｉｎｏ` in full-width letters is `Casino`, also with a zero-width space in it; `ﬁ` is `fi`, and
/// a separate accent is one with its letter. For each part of the form, `original(of:)` finds the
/// part of the text that it stands for. A form that equals the text, as that of ASCII does, is not
/// copied. Holds one text at a time and allocates only for one that is longer than those before.
/// Owned by one holder at a time: a step of a chain or a search.
@safe package final class FoldedText: @unchecked Sendable {  // one middleware has it
    /// A part that is not the same in both.
    private struct Change {
        let form: Range<Int>
        let text: Range<Int>
    }

    private let table = CompatibilityTable.shared
    private var storage = UnsafeMutableRawBufferPointer.allocate(byteCount: 512, alignment: 8)
    private var count = 0
    private var changes: [Change] = []
    private var scalars: [UInt32] = []
    private var encoded: [UInt8] = []

    /// The most marks of one character that are composed together: more than any script has.
    private static let maxMarks = 30

    /// Makes an empty one.
    package init() {}

    deinit { unsafe storage.deallocate() }

    /// Returns whether a text is its own form.
    package static func isForm(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            let bytes = UnsafeRawBufferPointer(bytes)
            return unsafe FoldedText().form(of: bytes).baseAddress == bytes.baseAddress
        }
    }

    /// Returns the form of a text, which must be UTF-8; valid until the next form is made, and as
    /// long as the text is.
    package func form(of text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        if !changes.isEmpty { changes.removeAll(keepingCapacity: true) }
        if TextScan.isASCII(text) { return unsafe text }
        count = 0
        var walk = unsafe Walk(text)
        var copied = 0
        while walk.next(table) {
            guard walk.hasWork else { continue }
            let character = walk.start..<walk.markEnd
            if !character.isEmpty {
                unsafe compose(walk, text)
                unsafe replace(character, of: text, copied: &copied)
            }
            // Unseen scalars at the end of a character are no part of it.
            if walk.end > walk.markEnd {
                scalars.removeAll(keepingCapacity: true)
                unsafe replace(walk.markEnd..<walk.end, of: text, copied: &copied)
            }
        }
        if changes.isEmpty { return unsafe text }
        unsafe append(UnsafeRawBufferPointer(rebasing: text[copied...]))
        return unsafe UnsafeRawBufferPointer(rebasing: storage[..<count])
    }

    /// Returns the part of the text that a part of its form stands for.
    package func original(of range: Range<Int>) -> Range<Int> {
        if changes.isEmpty { return range }
        let start = original(of: range.lowerBound, isEnd: false)
        if range.isEmpty { return start..<start }
        return start..<max(start, original(of: range.upperBound - 1, isEnd: true))
    }

    /// Returns the place in the text that a byte of the form comes from: its beginning or its end.
    private func original(of place: Int, isEnd: Bool) -> Int {
        // The last change that begins at the place or before.
        var (low, high) = (0, changes.count)
        while low < high {
            let middle = (low + high) / 2
            if changes[middle].form.lowerBound <= place { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return isEnd ? place + 1 : place }
        let change = changes[low - 1]
        if place < change.form.upperBound {
            return isEnd ? change.text.upperBound : change.text.lowerBound
        }
        return place - change.form.upperBound + change.text.upperBound + (isEnd ? 1 : 0)
    }

    // MARK: - Making the form

    /// Leaves the composed scalars of a character, without those that are not seen, in `scalars`.
    private func compose(_ walk: Walk, _ text: UnsafeRawBufferPointer) {
        scalars.removeAll(keepingCapacity: true)
        var place = walk.start
        while place < walk.markEnd {
            let scalar = unsafe TextScan.scalar(in: text, at: &place)
            if table.behaviour(of: scalar).contains(.isIgnored) { continue }
            let parts = table.decomposition(of: scalar)
            if parts.isEmpty { scalars.append(scalar) } else { scalars.append(contentsOf: parts) }
        }
        // A decomposition may contain scalars that are not seen, too.
        scalars.removeAll { table.behaviour(of: $0).contains(.isIgnored) }
        table.compose(&scalars)
    }

    /// Replaces a part of the text by `scalars`, unless they are the same.
    private func replace(_ part: Range<Int>, of text: UnsafeRawBufferPointer, copied: inout Int) {
        encoded.removeAll(keepingCapacity: true)
        for scalar in scalars {
            guard let scalar = Unicode.Scalar(scalar), let bytes = UTF8.encode(scalar) else {
                continue
            }
            encoded.append(contentsOf: bytes)
        }
        if encoded.count == part.count, unsafe encoded.elementsEqual(text[part]) { return }
        unsafe append(UnsafeRawBufferPointer(rebasing: text[copied..<part.lowerBound]))
        let start = count
        unsafe encoded.withUnsafeBytes { unsafe append($0) }
        copied = part.upperBound
        changes.append(Change(form: start..<count, text: part))
    }

    private func append(_ bytes: UnsafeRawBufferPointer) {
        reserve(bytes.count)
        unsafe UnsafeMutableRawBufferPointer(rebasing: storage[count...]).copyMemory(from: bytes)
        count += bytes.count
    }

    private func reserve(_ more: Int) {
        if unsafe count + more <= storage.count { return }
        let larger = unsafe UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(2 * storage.count, count + more), alignment: 8)
        unsafe larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: storage[..<count]))
        unsafe storage.deallocate()
        unsafe storage = larger
    }

    // MARK: - Characters

    /// A walk over a text, from one character that may change to the next.
    ///
    /// Safe: `form(of:)`, which makes one, ends with it.
    @safe private struct Walk {
        private let text: UnsafeRawBufferPointer
        private var place = 0
        /// The character: a scalar with the combining marks and invisible scalars after it.
        private(set) var start = 0
        private(set) var end = 0
        /// The end of its last scalar that is seen.
        private(set) var markEnd = 0
        /// True if its form may differ from it.
        private(set) var hasWork = false

        init(_ text: UnsafeRawBufferPointer) { unsafe self.text = text }

        /// Goes to the next character that is not ASCII alone; false at the end.
        mutating func next(_ table: CompatibilityTable) -> Bool {
            // A letter of ASCII may have marks behind it.
            skipASCII()
            guard unsafe place < text.count else { return false }
            start = place
            let first = unsafe TextScan.scalar(in: text, at: &place)
            var behaviour = table.behaviour(of: first)
            hasWork = !behaviour.isDisjoint(with: [.changes, .isIgnored])
            markEnd = behaviour.contains(.isIgnored) ? start : place
            var marks = 0
            var lastClass = table.combiningClass(of: first)
            while unsafe place < text.count, unsafe text[place] >= 0x80, marks < FoldedText.maxMarks
            {
                var next = place
                let scalar = unsafe TextScan.scalar(in: text, at: &next)
                behaviour = table.behaviour(of: scalar)
                guard !behaviour.isDisjoint(with: [.joins, .isIgnored]) else { break }
                place = next
                if behaviour.contains(.isIgnored) {
                    hasWork = true
                    continue
                }
                let combiningClass = table.combiningClass(of: scalar)
                if !behaviour.isDisjoint(with: [.composes, .changes])
                    || combiningClass != 0 && combiningClass < lastClass
                {
                    hasWork = true
                }
                marks += 1
                lastClass = combiningClass
                markEnd = place
            }
            end = place
            return true
        }

        /// Moves to the last byte of ASCII in front of something else, or to that.
        private mutating func skipASCII() {
            while unsafe place < text.count, unsafe text[place] < 0x80 {
                let next = place + 1
                if unsafe next < text.count, unsafe text[next] >= 0x80 { return }
                place = next
            }
        }
    }
}
