/// A writer of configurations in the one style.
///
/// Two spaces for each level; a list or an object in one line if it fits and has no comments in it,
/// except the whole file and lists of several objects; no comma behind the last element, so that a
/// file without comments is JSON for every program.
struct SyntaxWriter {
    /// The most characters in a line, not counting a comment at its end.
    private static let width = 100

    private var text = ""

    /// Returns the text of a whole file.
    static func text(of root: SyntaxNode) -> String {
        var writer = SyntaxWriter()
        writer.write(root, depth: 0, isFirst: true, isLast: true)
        for comment in root.footer {
            writer.write(comment, indent: "", isFirst: false)
        }
        return writer.text
    }

    /// Writes a value on lines of its own, with its comments.
    private mutating func write(_ node: SyntaxNode, depth: Int, isFirst: Bool, isLast: Bool) {
        let indent = String(repeating: "  ", count: depth)
        for (index, comment) in node.comments.enumerated() {
            write(comment, indent: indent, isFirst: isFirst && index == 0)
        }
        if node.hasBlankLine, !(isFirst && node.comments.isEmpty) { text += "\n" }
        let front = indent + (node.key.map { "\($0): " } ?? "")
        let comma = isLast ? "" : ","
        text += front
        if let line = Self.line(
            node, depth: depth, atMost: Self.width - front.count - comma.count)
        {
            text += line
        } else {
            writeLines(node, depth: depth, indent: indent)
        }
        text += comma
        if let trailing = node.trailing { text += "  " + trailing }
        text += "\n"
    }

    private mutating func write(_ comment: SyntaxNode.Comment, indent: String, isFirst: Bool) {
        if comment.hasBlankLine, !isFirst { text += "\n" }
        text += indent + comment.text + "\n"
    }

    /// Writes a list or an object with a line or more for each child.
    private mutating func writeLines(_ node: SyntaxNode, depth: Int, indent: String) {
        let isObject = node.isObject
        text += isObject ? "{\n" : "[\n"
        let children = node.children
        for (index, child) in children.enumerated() {
            write(
                child, depth: depth + 1, isFirst: index == 0, isLast: index == children.count - 1)
        }
        for (index, comment) in node.closingComments.enumerated() {
            write(comment, indent: indent + "  ", isFirst: index == 0 && children.isEmpty)
        }
        text += indent + (isObject ? "}" : "]")
    }

    // MARK: - In one line

    /// Returns a value in one line; `nil` if it does not fit or does not belong in one.
    private static func line(_ node: SyntaxNode, depth: Int, atMost width: Int) -> String? {
        if case .scalar(let text) = node.content { return text }
        let children = node.children
        guard node.closingComments.isEmpty, width > 1 else { return nil }
        if children.isEmpty { return node.isObject ? "{}" : "[]" }
        if !node.isObject {
            let objects = children.count { $0.isObject }
            if objects > 1 || depth == 1 && objects > 0 { return nil }
        } else if depth == 0 {
            return nil
        }
        var result = node.isObject ? "{ " : "["
        for (index, child) in children.enumerated() {
            if index > 0 { result += ", " }
            if let key = child.key { result += "\(key): " }
            guard child.comments.isEmpty, child.trailing == nil,
                let line = line(child, depth: depth + 1, atMost: width - result.count)
            else { return nil }
            result += line
            // With the closing bracket.
            if result.count + (node.isObject ? 2 : 1) > width { return nil }
        }
        return result + (node.isObject ? " }" : "]")
    }
}
