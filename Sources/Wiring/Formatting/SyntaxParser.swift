/// A parser of configurations that are known to be without mistakes, which keeps their comments.
struct SyntaxParser {
    private let bytes: [UInt8]
    private var offset: Int

    /// A comment as it was found.
    private struct Found {
        var comment: SyntaxNode.Comment
        /// True if it stands behind something in the same line.
        var isBehind: Bool
    }

    /// White space and comments between two tokens.
    private struct Gap {
        var comments: [Found] = []
        /// Line endings behind the last comment.
        var newlines = 0
        /// True if an empty line stands behind the last comment.
        var hasBlankLine: Bool { newlines > 1 }
    }

    /// Parses a whole file.
    ///
    /// - Parameter bytes: what `JSONParser` has parsed without a problem.
    static func parse(_ bytes: [UInt8]) -> SyntaxNode {
        var parser = SyntaxParser(bytes)
        return parser.parseFile()
    }

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
        offset = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    private mutating func parseFile() -> SyntaxNode {
        let front = skipGap()
        var root = parseValue()
        root.comments = front.comments.map(\.comment)
        root.hasBlankLine = front.hasBlankLine
        let end = skipGap().comments
        if let first = end.first, first.isBehind { root.trailing = first.comment.text }
        root.footer = end.dropFirst(root.trailing == nil ? 0 : 1).map(\.comment)
        return root
    }

    private mutating func parseValue() -> SyntaxNode {
        var node = SyntaxNode()
        switch peek {
        case UInt8(ascii: "{"):
            node.content = .object(parseItems(UInt8(ascii: "}"), of: &node))
        case UInt8(ascii: "["):
            node.content = .list(parseItems(UInt8(ascii: "]"), of: &node))
        default: node.content = .scalar(parseScalar())
        }
        return node
    }

    /// Parses the elements or members up to the closing bracket, and skips it.
    private mutating func parseItems(
        _ closing: UInt8, of parent: inout SyntaxNode
    ) -> [SyntaxNode] {
        offset += 1
        var items: [SyntaxNode] = []
        var gap = skipGap()
        while let byte = peek, byte != closing {
            var item = parseItem(isMember: closing == UInt8(ascii: "}"), behind: gap)
            let before = skipGap()
            var behind = before.comments
            let isComma = peek == UInt8(ascii: ",")
            if isComma { offset += 1 }
            gap = isComma ? skipGap() : before
            let isLast = peek == closing || peek == nil
            if isComma {
                let count = Self.countBehind(gap, isLast: isLast)
                behind += gap.comments.prefix(count)
                gap.comments.removeFirst(count)
            } else {
                let count = Self.countBehind(before, isLast: isLast)
                behind = Array(before.comments.prefix(count))
                gap.comments.removeFirst(count)
            }
            Self.attach(behind.map(\.comment), behind: &item)
            items.append(item)
        }
        offset += 1
        parent.closingComments = gap.comments.map(\.comment)
        return items
    }

    /// Parses an element, or a member with its key; comments within it stand in front of it then.
    private mutating func parseItem(isMember: Bool, behind gap: Gap) -> SyntaxNode {
        var comments = gap.comments.map(\.comment)
        var key: String?
        if isMember {
            key = parseScalar()
            comments += skipGap().comments.map(\.comment)
            // The colon.
            offset += 1
            comments += skipGap().comments.map(\.comment)
        }
        var item = parseValue()
        item.key = key
        item.comments = comments
        item.hasBlankLine = gap.hasBlankLine
        return item
    }

    /// Returns how many comments of a gap belong to what stands in front of it, in the same line.
    private static func countBehind(_ gap: Gap, isLast: Bool) -> Int {
        let count = gap.comments.prefix { $0.isBehind }.count
        guard count > 0 else { return 0 }
        // `1, /* about b */ "b": 2`: the comment is about what follows.
        let isFollowed = count == gap.comments.count && gap.newlines == 0 && !isLast
        return isFollowed ? 0 : count
    }

    /// Puts the last of some comments behind a node, and others in front of it.
    private static func attach(_ comments: [SyntaxNode.Comment], behind node: inout SyntaxNode) {
        guard let last = comments.last else { return }
        node.trailing = last.text
        node.comments += comments.dropLast().map {
            SyntaxNode.Comment(text: $0.text, hasBlankLine: false)
        }
    }

    // MARK: - Tokens

    private var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private mutating func skipGap() -> Gap {
        var gap = Gap()
        var isBehind = true
        while let byte = peek {
            switch byte {
            case 0x0A:
                gap.newlines += 1
                isBehind = false
                offset += 1
            case 0x20, 0x09, 0x0D: offset += 1
            case UInt8(ascii: "/"):
                let comment = SyntaxNode.Comment(
                    text: parseComment(), hasBlankLine: gap.newlines > 1)
                gap.comments.append(Found(comment: comment, isBehind: isBehind))
                gap.newlines = 0
            default: return gap
            }
        }
        return gap
    }

    /// Parses a comment, without the end of the line.
    private mutating func parseComment() -> String {
        let start = offset
        if bytes[offset + 1] == UInt8(ascii: "*") {
            offset += 2
            while bytes[offset] != UInt8(ascii: "*") || bytes[offset + 1] != UInt8(ascii: "/") {
                offset += 1
            }
            offset += 2
        } else {
            while let byte = peek, byte != 0x0A { offset += 1 }
        }
        let lines = bytes[start..<offset].split(
            separator: 0x0A, omittingEmptySubsequences: false)
        return lines.map { Self.text($0) }.joined(separator: "\n")
    }

    /// Returns a line of a comment without the spaces at its end.
    private static func text(_ line: ArraySlice<UInt8>) -> String {
        let end = line.lastIndex { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }
        return String(decoding: line[..<(end.map { $0 + 1 } ?? line.startIndex)], as: UTF8.self)
    }

    /// Parses a string, with its quotes, or a word.
    private mutating func parseScalar() -> String {
        let start = offset
        if peek == UInt8(ascii: "\"") {
            offset += 1
            while let byte = peek, byte != UInt8(ascii: "\"") {
                offset += byte == UInt8(ascii: "\\") ? 2 : 1
            }
            offset += 1
        } else {
            while let byte = peek, JSONParser.isWordByte(byte) { offset += 1 }
        }
        return String(decoding: bytes[start..<min(offset, bytes.count)], as: UTF8.self)
    }
}
