/// A block of `///` lines, with the declaration behind it.
struct DocumentationComment {
    /// The file and the line that it begins in, from 1: `Sources/A.swift:7`.
    let place: String
    private let lines: [Substring]
    private let declaration: String

    /// All comments of a file.
    static func all(in file: ProjectFile) -> [DocumentationComment] {
        let lines = file.lines.map { $0.drop { $0 == " " } }
        var comments: [DocumentationComment] = []
        var index = 0
        while index < lines.count {
            guard lines[index].hasPrefix("///") else {
                index += 1
                continue
            }
            let end = lines[index...].firstIndex { !$0.hasPrefix("///") } ?? lines.count
            comments.append(
                DocumentationComment(
                    place: "\(file.path):\(index + 1)",
                    lines: lines[index..<end].map { $0.dropFirst(3) },
                    declaration: lines[end...].prefix(30).joined(separator: " ")))
            index = end
        }
        return comments
    }

    /// The names behind `- Parameter` and in the list behind `- Parameters:`.
    var parameters: [Substring] {
        var isList = false
        return lines.compactMap { line in
            if line.hasPrefix(" - Parameter ") {
                return line.dropFirst(13).prefix { $0 != ":" }
            }
            if line.hasPrefix(" - ") { isList = line.hasPrefix(" - Parameters:") }
            return isList && line.hasPrefix("   - ")
                ? line.dropFirst(5).prefix { $0 != ":" } : nil
        }
    }

    /// The names by which the function knows its parameters: the second, where there are two.
    var declaredParameters: [Substring] {
        let keywords = ["func ", "init", "subscript", "case "]
        var rest = declaration[...]
        while !rest.isEmpty, !keywords.contains(where: { rest.hasPrefix($0) }) {
            rest = rest.dropFirst()
        }
        guard let start = rest.firstIndex(of: "(") else { return [] }
        var (names, depth, isName) = ([Substring](), 0, true)
        var before: Character = " "
        var name = rest.index(after: start)
        for index in rest[start...].indices {
            let character = rest[index]
            defer { before = character }
            switch character {
            case "(", "[", "{": depth += 1
            case ")", "]", "}": depth -= 1
            // Not a shift: those have a space in front.
            case "<" where before != " " && before != "<": depth += 1
            case ">" where before != "-": depth -= 1
            case ":" where depth == 1 && isName:
                names.append(rest[name..<index].split(separator: " ").last ?? "")
                isName = false
            case "," where depth == 1:
                isName = true
                name = rest.index(after: index)
            default: break
            }
            if depth == 0 { break }
        }
        return names
    }

    /// The sentences, without code: a list's entries begin new ones, and so do empty lines.
    var sentences: [String] {
        var (paragraphs, isCode) = ([""], false)
        for line in lines {
            let text = line.drop { $0 == " " }
            if text.hasPrefix("```") { isCode.toggle() }
            if isCode || text.isEmpty || text.hasPrefix("```") {
                paragraphs.append("")
            } else if text.hasPrefix("- "), let colon = text.firstIndex(of: ":") {
                let start = text.index(after: colon)
                paragraphs.append(String(text[start...].drop { $0 == " " }))
            } else {
                paragraphs[paragraphs.count - 1] += "\(paragraphs.last == "" ? "" : " ")\(text)"
            }
        }
        return paragraphs.flatMap(Self.sentences)
    }

    private static func sentences(of paragraph: String) -> [String] {
        var (sentences, sentence) = ([String](), "")
        for word in paragraph.split(separator: " ") {
            let isEnd = sentence.last.map { ".!?".contains($0) } ?? false
            if isEnd, word.first?.isUppercase == true {
                sentences.append(sentence)
                sentence = ""
            }
            sentence += (sentence.isEmpty ? "" : " ") + word
        }
        return sentence.isEmpty ? sentences : sentences + [sentence]
    }
}
