import Chat
import MessageBus

/// The last texts of messages that may be edited, as Telegram has them: hashes, kept with the
/// messages.
///
/// The bus may keep another text of a message, or none at all, if a middleware has changed or
/// dropped it. The last 1,920 to 2,048 are remembered, in a ring of pages of which only those with
/// something new are written.
struct RecentTexts: Sendable, Equatable {
    private struct Entry: Equatable {
        let message: TextHash
        var text: TextHash
    }

    private struct Page: Equatable {
        /// The page's number from the beginning; its remainder is the page's place in the ring.
        var number: UInt64 = 0
        var entries: [Entry] = []
    }

    private var pages = Array(repeating: Page(), count: Self.pageCount)
    private var newest = 0
    private var texts: [TextHash: TextHash] = [:]
    private var unwritten: Set<Int> = []

    /// Pages in the ring.
    private static let pageCount = 16
    /// Messages on a page, which takes 2 KiB: that much is written with each answer of Telegram's.
    private static let pageSize = 128
    /// The beginning of the checkpoints' keys; the page's place in the ring follows.
    private static let keyPrefix = "texts "

    /// Makes a memory without texts.
    init() {}

    /// Reads the store's checkpoints; an invalid state counts as none.
    init(checkpoints: [String: [UInt8]]) {
        for index in pages.indices {
            guard let state = checkpoints["\(Self.keyPrefix)\(index)"],
                let page = Self.page(state), page.number % UInt64(Self.pageCount) == UInt64(index)
            else { continue }
            pages[index] = page
        }
        for page in pages.sorted(by: { $0.number < $1.number }) {
            for entry in page.entries { texts[entry.message] = entry.text }
        }
        newest = pages.indices.max { pages[$0].number < pages[$1].number } ?? 0
    }

    /// The last text of a message; nil if that is not known.
    subscript(id: String) -> TextHash? { texts[TextHash(of: id)] }

    /// Records the text of a message.
    mutating func record(_ text: TextHash, of id: String) {
        let message = TextHash(of: id)
        guard texts[message] != text else { return }
        if let place = pages[newest].entries.firstIndex(where: { $0.message == message }) {
            pages[newest].entries[place].text = text
        } else {
            if pages[newest].entries.count >= Self.pageSize { turnPage() }
            pages[newest].entries.append(Entry(message: message, text: text))
        }
        texts[message] = text
        unwritten.insert(newest)
    }

    /// Begins a page in the place of the oldest one, and forgets the texts that only that one had.
    private mutating func turnPage() {
        let number = pages[newest].number + 1
        newest = Int(number % UInt64(Self.pageCount))
        let old = pages[newest].entries
        pages[newest] = Page(number: number)
        var known: Set<TextHash> = []
        for page in pages { known.formUnion(page.entries.map(\.message)) }
        for entry in old where !known.contains(entry.message) { texts[entry.message] = nil }
    }

    /// Returns the checkpoints of the pages that have new texts since the last call.
    mutating func drainCheckpoints() -> [Checkpoint] {
        defer { unwritten = [] }
        return unwritten.sorted().map { index in
            var state: [UInt8] = []
            let page = pages[index]
            let words = page.entries.flatMap { [$0.message.bits, $0.text.bits] }
            for word in [page.number] + words {
                unsafe withUnsafeBytes(of: word.littleEndian) { unsafe state += $0 }
            }
            return Checkpoint(key: "\(Self.keyPrefix)\(index)", state: state)
        }
    }

    private static func page(_ state: [UInt8]) -> Page? {
        let words = stride(from: 0, to: state.count - 7, by: 8).map { start in
            state[start..<(start + 8)].reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
        }
        guard let number = words.first, words.count % 2 == 1, words.count <= 2 * pageSize + 1
        else { return nil }
        let entries = stride(from: 1, to: words.count, by: 2).map { index in
            Entry(
                message: TextHash(bits: words[index]),
                text: TextHash(bits: words[index + 1]))
        }
        return Page(number: number, entries: entries)
    }

    /// Returns a text as the bus keeps it.
    static func cleaned(_ text: String) -> String {
        let bytes = unsafe Array(text.utf8).withUnsafeBytes {
            TextCleaning.cleaned(repairing: $0, lineEndings: .kept)
        }
        let count = bytes.lastIndex { $0 != 0x0A }.map { $0 + 1 } ?? 0
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
