import JSON

/// A payload for a Slack channel, as incoming webhooks take it.
struct SlackPayload {
    private let json: JSON

    /// Blocks and attachments of one message that are read.
    private static let maxParts = 50

    init(_ json: JSON) { self.json = json }

    /// The text of the payload; `nil` if it has none.
    var text: HookText? {
        var parts: [String] = []
        let blocks = json["blocks"].elements.prefix(Self.maxParts).compactMap(Self.block)
        if !blocks.isEmpty {
            // With blocks the text is for notifications only.
            parts += blocks
        } else if let text = json["text"].nonEmptyString {
            parts.append(json["mrkdwn"] == .bool(false) ? plain(text) : SlackMarkup.plain(text))
        }
        parts += json["attachments"].elements.prefix(Self.maxParts).compactMap(Self.attachment)
        let text = parts.joined(separator: "\n")
        if text.allSatisfy(\.isWhitespace) { return nil }
        return HookText(text, from: json["username"].nonEmptyString)
    }

    private func plain(_ text: String) -> String { SlackMarkup.unescaped(text[...]) }

    // MARK: - Attachments

    private static func attachment(_ json: JSON) -> String? {
        var lines: [String] = []
        if let text = json["pretext"].nonEmptyString { lines.append(SlackMarkup.plain(text)) }
        if let title = json["title"].nonEmptyString {
            let link = json["title_link"].nonEmptyString.map { " (\($0))" } ?? ""
            lines.append(SlackMarkup.plain(title) + link)
        }
        if let text = json["text"].nonEmptyString { lines.append(SlackMarkup.plain(text)) }
        for field in json["fields"].elements.prefix(maxParts) {
            let pair = [field["title"], field["value"]].compactMap(\.nonEmptyString)
            if !pair.isEmpty {
                lines.append(pair.map(SlackMarkup.plain).joined(separator: ": "))
            }
        }
        lines += json["blocks"].elements.prefix(maxParts).compactMap(block)
        if lines.isEmpty, let text = json["fallback"].nonEmptyString {
            lines.append(SlackMarkup.plain(text))
        }
        return lines.isEmpty ? nil : lines.joined(separator: "\n")
    }

    // MARK: - Blocks

    private static func block(_ json: JSON) -> String? {
        switch json["type"].string {
        case "section":
            var lines = [object(json["text"])]
            lines += json["fields"].elements.prefix(maxParts).map(object)
            let texts = lines.compactMap(\.self)
            return texts.isEmpty ? nil : texts.joined(separator: "\n")
        case "header", "markdown": return object(json["text"])
        case "context":
            let texts = json["elements"].elements.prefix(maxParts).compactMap { element in
                object(element) ?? element["alt_text"].nonEmptyString
            }
            return texts.isEmpty ? nil : texts.joined(separator: " ")
        case "image":
            return object(json["title"]) ?? json["alt_text"].nonEmptyString
        case "rich_text":
            let texts = json["elements"].elements.prefix(maxParts).map { richText($0, depth: 0) }
                .filter { !$0.isEmpty }
            return texts.isEmpty ? nil : texts.joined(separator: "\n")
        default: return nil
        }
    }

    /// Returns the text of a text object, or of a bare string.
    private static func object(_ json: JSON) -> String? {
        if let text = json.nonEmptyString { return SlackMarkup.plain(text) }
        guard let text = json["text"].nonEmptyString else { return nil }
        return json["type"].string == "plain_text"
            ? SlackMarkup.unescaped(text[...]) : SlackMarkup.plain(text)
    }

    /// Returns the text of a part of a rich text, which has its formats apart.
    private static func richText(_ json: JSON, depth: Int) -> String {
        switch json["type"].string {
        case "text": return json["text"].string ?? ""
        case "link":
            let (url, text) = (json["url"].string ?? "", json["text"].nonEmptyString)
            return text.map { "\($0) (\(url))" } ?? url
        case "user": return "@\(json["user_id"].string ?? "")"
        case "channel": return "#\(json["channel_id"].string ?? "")"
        case "broadcast": return "@\(json["range"].string ?? "")"
        case "emoji": return ":\(json["name"].string ?? ""):"
        default:
            guard depth < 4 else { return "" }
            let isList = json["type"].string == "rich_text_list"
            return json["elements"].elements.prefix(1_000).map { richText($0, depth: depth + 1) }
                .joined(separator: isList ? "\n" : "")
        }
    }
}
