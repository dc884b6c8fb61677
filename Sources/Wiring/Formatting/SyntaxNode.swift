/// A value of a configuration with the comments around it, and its key if it is a member.
struct SyntaxNode {
    /// A comment on lines of its own.
    struct Comment {
        /// The text with its `//` or `/* */`.
        var text: String
        /// True if an empty line stands in front of it.
        var hasBlankLine: Bool
    }

    /// The kinds of value; texts and numbers are kept as they were written.
    enum Content {
        case scalar(String)
        case list([SyntaxNode])
        case object([SyntaxNode])
    }

    /// The comments in front of it.
    var comments: [Comment] = []
    /// True if an empty line stands in front of it, behind its comments.
    var hasBlankLine = false
    /// The key with its quotes; `nil` for elements of lists.
    var key: String?
    var content = Content.scalar("")
    /// The comment behind it in the same line.
    var trailing: String?
    /// The comments in front of its closing bracket.
    var closingComments: [Comment] = []
    /// The comments behind it at the end of the file.
    var footer: [Comment] = []

    /// The elements or members.
    var children: [SyntaxNode] {
        switch content {
        case .scalar: []
        case .list(let children), .object(let children): children
        }
    }

    /// True if it is an object.
    var isObject: Bool { if case .object = content { true } else { false } }
}
