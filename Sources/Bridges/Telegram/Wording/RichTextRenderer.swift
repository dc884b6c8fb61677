import Chat
import JSON
import MessageBus

/// A renderer of Telegram's rich messages as lines of plain text.
struct RichTextRenderer {
    private let wording: MessageWording

    /// The deepest nesting that is rendered; nobody reads more.
    private static let maxDepth = 12

    init(_ wording: MessageWording) { self.wording = wording }

    /// Returns the text of a rich message, in lines; empty if it has none.
    func text(of message: JSON) -> String {
        let blocks = message["blocks"].isPresent ? message["blocks"] : message
        return lines(of: blocks, depth: 0).joined(separator: "\n")
    }

    // MARK: - Blocks

    private func lines(of block: JSON, depth: Int) -> [String] {
        guard depth < Self.maxDepth else { return [] }
        if case .list(let blocks) = block {
            return blocks.flatMap { lines(of: $0, depth: depth + 1) }
        }
        guard block.isObject else { return paragraph(block, depth) }
        switch block["type"].string {
        case "list": return block["items"].elements.flatMap { item($0, depth) }
        case "table": return table(block, depth)
        case "blockquote", "pullquote", "expandable_blockquote":
            let quoted =
                lines(of: block["blocks"], depth: depth + 1) + paragraph(block["text"], depth)
            return (quoted + paragraph(block["credit"], depth).map { "— \($0)" }).map { "> \($0)" }
        case "divider": return ["———"]
        default: return others(block, depth)
        }
    }

    /// Returns the lines of a block with a text, inner blocks, a file, or all of these.
    private func others(_ block: JSON, _ depth: Int) -> [String] {
        var voice = block
        // In a message the member has another name.
        if case .object(var members) = block, let note = members["voice_note"] {
            members["voice"] = note
            voice = .object(members)
        }
        let caption = block["caption"]
        let written = inline(caption["text"].isPresent ? caption["text"] : caption, depth)
        let file = wording.media(voice) ?? wording.location(block)
        var lines = paragraph(block["summary"], depth) + paragraph(block["text"], depth)
        if let expression = block["expression"].nonEmptyString { lines.append(expression) }
        for key in ["blocks", "buttons", "items", "rows"] where block[key].isPresent {
            lines += self.lines(of: block[key], depth: depth + 1)
        }
        let shown = [file.map { "[\($0)]" }, written].joinedWith(" ")
        return shown.isEmpty ? lines : lines + [shown]
    }

    private func item(_ item: JSON, _ depth: Int) -> [String] {
        let inner =
            lines(of: item["blocks"], depth: depth + 1) + paragraph(item["text"], depth)
        var label = item["label"].nonEmptyString ?? "•"
        if item["has_checkbox"].isTrue { label = item["is_checked"].isTrue ? "☑" : "☐" }
        return inner.enumerated().map { $0 == 0 ? "\(label) \($1)" : "  \($1)" }
    }

    private func table(_ table: JSON, _ depth: Int) -> [String] {
        let rows = table["cells"].elements.map { row in
            row.elements.map { inline($0["text"], depth) }.joined(separator: " | ")
        }
        return paragraph(table["caption"], depth) + rows
    }

    private func paragraph(_ text: JSON, _ depth: Int) -> [String] {
        let line = inline(text, depth)
        return line.isEmpty ? [] : [line]
    }

    // MARK: - In a line

    private func inline(_ text: JSON, _ depth: Int) -> String {
        guard depth < Self.maxDepth else { return "" }
        switch text {
        case .text(let text): return text
        case .list(let parts): return parts.map { inline($0, depth + 1) }.joined()
        case .object: break
        default: return ""
        }
        let inner = inline(text["text"], depth + 1)
        switch text["type"].string {
        case "spoiler": return wording.showsSpoilers ? inner : TextEntities.hidden
        case "custom_emoji": return text["alternative_text"].string ?? inner
        case "mathematical_expression": return text["expression"].string ?? inner
        default:
            guard let url = text["url"].nonEmptyString, !TextEntities.shows(inner, url) else {
                return inner
            }
            return [inner, "(\(url))"].joinedWith(" ")
        }
    }
}
