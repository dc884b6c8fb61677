/// The parts of a template: text, and placeholders in braces; `{{` is a brace.
enum TemplatePart: Equatable {
    case text(String)
    /// The content of a pair of braces.
    case placeholder(String)

    /// Splits a template; throws a sentence if a brace has no partner.
    static func split(_ template: String) throws(TemplateProblem) -> [TemplatePart] {
        var parts: [TemplatePart] = []
        var text = ""
        var rest = template[...]
        while let brace = rest.firstIndex(of: "{") {
            text += rest[..<brace]
            rest = rest[rest.index(after: brace)...]
            if rest.first == "{" {
                text += "{"
                rest = rest.dropFirst()
                continue
            }
            guard let end = rest.firstIndex(of: "}") else {
                throw TemplateProblem("a { has no }; {{ is a brace")
            }
            if !text.isEmpty { parts.append(.text(text)) }
            text = ""
            parts.append(.placeholder(String(rest[..<end])))
            rest = rest[rest.index(after: end)...]
        }
        text += rest
        if !text.isEmpty { parts.append(.text(text)) }
        return parts
    }
}
