import IRC
import MessageBus

/// A message of a room on its way to a channel, or the line that stands for several that are too
/// old.
struct OutgoingItem: Sendable {
    /// The content of the item.
    enum Content: Sendable {
        /// A message, and the channel's name for the one that it answers.
        case message(Message, answered: String?)
        /// A number of lines that are left out.
        case digest(lines: Int)
        /// A message that is to be deleted there.
        case redaction(remoteID: String)
        /// Nothing is sent.
        case nothing
    }

    var content: Content
    /// The last of the deliveries that it stands for.
    var delivery: Delivery
    /// The units, once they are composed for this connection.
    var units: [OutgoingUnit] = []
    var isComposed = false
    /// True as long as more may be added to a digest.
    var isOpen = false
    /// The channel's names for it.
    var remoteIDs: [String] = []
    /// Texts that are confirmed, from an earlier connection.
    private var confirmedTexts: [String] = []
    /// True if it may have arrived already.
    private(set) var mayRepeat = false
    /// The number of times that the channel has refused some of it while nothing else was on its
    /// way.
    var refusals = 0
    /// True if the channel has taken a later one meanwhile: refused once more, it is given up.
    var isOnLastTry = false
    /// The server's answer, if it will never take it.
    var refusal: String?

    init(_ content: Content, _ delivery: Delivery) {
        self.content = content
        self.delivery = delivery
        if case .nothing = content { isComposed = true }
        if case .digest = content { isOpen = true }
    }

    /// True once all of it is confirmed.
    var isDone: Bool { isComposed && !isOpen && units.allSatisfy { $0.state == .confirmed } }
    /// True if none of it has gone out on this connection.
    var isUntouched: Bool { units.allSatisfy { $0.state == .waiting } }
    /// True if it counts as delivered when it is done.
    var isDelivered: Bool {
        switch content {
        case .message: refusal == nil
        case .digest, .redaction, .nothing: false
        }
    }

    /// Composes it for a connection.
    mutating func compose(for channel: String, _ rules: LineRules, _ composer: LineComposer) {
        guard !isComposed else { return }
        isComposed = true
        switch content {
        case .nothing: units = []
        case .redaction(let remoteID):
            units = [
                OutgoingUnit(texts: [], lines: [IRCMessage("REDACT", [channel, remoteID])])
            ]
        case .digest(let count):
            let text = composer.digest(count)
            units = [OutgoingUnit(texts: [text], lines: [IRCMessage("PRIVMSG", [channel, text])])]
        case .message(let message, _) where hasPassed(message, rules):
            content = .nothing
        case .message(let message, let answered):
            let isLinked = answered != nil && rules.capabilities.has("message-tags")
            let lines = composer.lines(
                of: message, quotes: !isLinked, atMost: rules.textBytes(to: channel))
            var tags = IRCTags()
            if isLinked { tags["+draft/reply"] = answered }
            if rules.capabilities.has("message-tags") {
                tags[PassedInstances.tag] = PassedInstances.value(
                    message.origin?.passed ?? [], and: rules.instance)
            }
            units = Self.units(lines, to: channel, tags, rules.capabilities)
        }
        skipConfirmed()
    }

    /// Returns whether a message has passed the instance that the server belongs to: it would go
    /// round.
    private func hasPassed(_ message: Message, _ rules: LineRules) -> Bool {
        guard let server = rules.serverInstance else { return false }
        return server == rules.instance || message.origin?.passed.contains(server) == true
    }

    private static func units(
        _ lines: [String], to channel: String, _ tags: IRCTags, _ capabilities: Capabilities
    ) -> [OutgoingUnit] {
        // Only the first part is an answer, but each carries the instances that the message has
        // passed.
        var later = IRCTags()
        later[PassedInstances.tag] = tags[PassedInstances.tag]
        guard lines.count > 1, capabilities.hasMultiline else {
            return lines.enumerated().map { index, line in
                OutgoingUnit(
                    texts: [line],
                    lines: [
                        IRCMessage(
                            "PRIVMSG", [channel, line], tags: index == 0 ? tags : later)
                    ])
            }
        }
        let maxLines = max(
            1, min(capabilities.limit("max-lines", of: "draft/multiline") ?? 24, 100))
        let maxBytes = capabilities.limit("max-bytes", of: "draft/multiline") ?? 4_096
        var groups: [[String]] = []
        var bytes = 0
        for line in lines {
            bytes += line.utf8.count + 1
            if let last = groups.indices.last, groups[last].count < maxLines, bytes <= maxBytes {
                groups[last].append(line)
            } else {
                groups.append([line])
                bytes = line.utf8.count + 1
            }
        }
        return groups.enumerated().map { index, group in
            batch(group, "m\(index)", to: channel, index == 0 ? tags : later)
        }
    }

    private static func batch(
        _ texts: [String], _ reference: String, to channel: String, _ tags: IRCTags
    ) -> OutgoingUnit {
        guard texts.count > 1 else {
            return OutgoingUnit(
                texts: texts, lines: [IRCMessage("PRIVMSG", [channel, texts[0]], tags: tags)])
        }
        let begin = IRCMessage(
            "BATCH", ["+\(reference)", "draft/multiline", channel], tags: tags)
        let lines = texts.map {
            IRCMessage("PRIVMSG", [channel, $0], tags: ["batch": reference])
        }
        return OutgoingUnit(
            texts: texts, lines: [begin] + lines + [IRCMessage("BATCH", ["-\(reference)"])])
    }

    /// Regards units as confirmed whose texts were, on an earlier connection.
    private mutating func skipConfirmed() {
        var known = confirmedTexts[...]
        for index in units.indices {
            let texts = units[index].texts
            guard !texts.isEmpty, known.starts(with: texts) else { return }
            units[index].state = .confirmed
            known = known.dropFirst(texts.count)
        }
    }

    /// Has it composed anew, as for another connection: what was not confirmed goes out again.
    mutating func reset() {
        guard isComposed else { return }
        if case .nothing = content { return }
        confirmedTexts = units.prefix { $0.state == .confirmed }.flatMap(\.texts)
        if units.contains(where: \.isSent) { mayRepeat = true }
        isOnLastTry = false
        (units, isComposed) = ([], false)
    }

    /// Records that some of it may have arrived although it goes out again.
    mutating func recordDoubt() { mayRepeat = true }

    /// Returns true once if it may arrive a second time.
    mutating func removeDoubt() -> Bool {
        defer { mayRepeat = false }
        return mayRepeat
    }
}
