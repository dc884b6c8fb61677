/// A type that the sources declare: its comment, and its code with that of its extensions.
struct DeclaredType {
    /// The file and the line of the declaration, from 1: `Sources/A.swift:7`.
    let place: String
    /// `class`, `actor`, `struct` or `enum`.
    let keyword: Substring
    let name: Substring
    /// The `///` lines in front of it, in one line.
    let comment: String
    /// The code without its comments.
    private(set) var code: [Substring]

    private static let keywords: Set<Substring> = ["class", "actor", "struct", "enum", "extension"]
    private static let modifiers: Set<Substring> = [
        "public", "package", "private", "fileprivate", "final", "open", "indirect", "nonisolated",
    ]

    /// All types of some files.
    static func all(in files: [ProjectFile]) -> [DeclaredType] {
        let declarations = files.flatMap(declarations)
        let extensions = Dictionary(
            grouping: declarations.filter { $0.keyword == "extension" }, by: \.name)
        return declarations.filter { $0.keyword != "extension" }.map { type in
            var type = type
            type.code += (extensions[type.name] ?? []).flatMap(\.code)
            return type
        }
    }

    private static func declarations(in file: ProjectFile) -> [DeclaredType] {
        let lines = file.lines
        return lines.indices.compactMap { index in
            let words = lines[index].split(separator: " ").drop {
                modifiers.contains($0) || $0.hasPrefix("@")
            }
            guard let keyword = words.first, keywords.contains(keyword), words.count > 1 else {
                return nil
            }
            // An extension of a nested type counts for the innermost name.
            let path = words[words.startIndex + 1].prefix {
                $0.isLetter || $0.isNumber || $0 == "." || $0 == "_"
            }
            guard let name = path.split(separator: ".").last else { return nil }
            return DeclaredType(
                place: "\(file.path):\(index + 1)", keyword: keyword, name: name,
                comment: comment(before: index, in: lines), code: code(from: index, in: lines))
        }
    }

    /// Returns the comment in front of a line; attributes and other comments may stand in between.
    private static func comment(before index: Int, in lines: [Substring]) -> String {
        var comment: [Substring] = []
        for line in lines[..<index].reversed() {
            let text = line.drop { $0 == " " }
            guard text.hasPrefix("//") || text.hasPrefix("@") else { break }
            if text.hasPrefix("///") { comment.append(text.dropFirst(3).drop { $0 == " " }) }
        }
        return comment.reversed().joined(separator: " ")
    }

    /// Returns the code from a declaration to its closing brace, which is indented as it is.
    private static func code(from index: Int, in lines: [Substring]) -> [Substring] {
        if lines[index].hasSuffix("}") { return [lines[index]] }
        let end = lines[index].prefix { $0 == " " } + "}"
        return lines[index...].prefix { $0 != end }
            .filter { !$0.drop { $0 == " " }.hasPrefix("//") }
    }
}
