import IRC
import MessageBus
import Sockets

// Texts that people write.
extension JoinedNetwork {
    /// Tags that bots' messages have (IRCv3 bot mode).
    private static let botTags = ["bot", "draft/bot", "inspircd.org/bot"]
    /// The longest time by which a server's time may lie in the past.
    private static let pastBound = Duration.seconds(86_400)

    /// Begins or ends a batch.
    func batch(_ line: IRCMessage) {
        guard let word = line.parameters.first, word.utf8.count > 1 else { return }
        let reference = String(word.dropFirst())
        if word.hasPrefix("+") {
            batches.begin(reference, line.parameters.count > 1 ? line.parameters[1] : "", line)
            return
        }
        guard let ended = batches.end(reference), ended.type == "draft/multiline",
            !batches.isInPast(ended), let first = ended.lines.first,
            ended.opening.parameters.count > 2
        else { return }
        var text = ""
        for (index, line) in ended.lines.enumerated() {
            if index > 0, line.tags["draft/multiline-concat"] == nil { text += "\n" }
            text += line.parameters.last ?? ""
        }
        // Tags that apply to all lines are those of the line that opens the batch.
        var whole = IRCMessage(
            first.command, [ended.opening.parameters[2], text],
            from: ended.opening.source ?? first.source, tags: ended.opening.tags)
        if whole.tags["account"] == nil { whole.tags["account"] = first.tags["account"] }
        readText(whole, echoed: ended.lines.map { $0.parameters.last ?? "" })
    }

    /// Reads what somebody says.
    func readText(_ line: IRCMessage, echoed: [String]? = nil) {
        guard line.parameters.count > 1, let source = line.source,
            let id = channelID(line.parameters[0])
        else { return }
        if isOwn(source.nick) { return recordEcho(line, in: id, echoed) }
        if line.command == "REDACT" {
            tellRead(.deleted(remoteID: line.parameters[1], channel: id))
            return
        }
        let isBot = Self.botTags.contains { line.tags[$0] != nil } || roster.isBot(source.nick)
        guard line.command == "PRIVMSG", !isBot, !isIgnored(source) else { return }
        askWhetherBot(source.nick)
        guard let (text, isAction) = Self.plainText(line.parameters[1]) else { return }
        let passed = PassedInstances.names(in: line.tags[PassedInstances.tag])
        // The text was said here, or has passed through here before.
        if passed.contains(port.instanceID) { return }
        let account = line.tags["account"] ?? roster.account(of: source.nick)
        tellRead(
            .said(
                InboundText(
                    channel: id, nick: source.nick,
                    identity: account ?? source.description, text: text,
                    isAction: isAction, remoteID: line.tags["msgid"].flatMap(Self.remoteID),
                    answered: (line.tags["+draft/reply"] ?? line.tags["+reply"])
                        .flatMap(Self.remoteID),
                    time: time(of: line), passed: passed)))
    }

    /// Returns a name of a message that is short enough to be kept.
    private static func remoteID(_ text: String) -> String? {
        (1...200).contains(text.utf8.count) ? text : nil
    }

    /// Returns the time of a line, unless it can't be right.
    private func time(of line: IRCMessage) -> Timestamp? {
        guard let time = line.tags["time"].flatMap({ TimeTag.time($0) }),
            time <= loop.wallTime, loop.wallTime - time < Self.pastBound
        else { return nil }
        return time
    }

    /// Returns a text without formatting, and whether it says what somebody does; `nil` if it is a
    /// message between programs (CTCP).
    private static func plainText(_ raw: String) -> (String, isAction: Bool)? {
        var text = raw
        var isAction = false
        if text.hasPrefix("\u{1}") {
            let start = "\u{1}ACTION "
            guard text.hasPrefix(start) else { return nil }
            text = String(text.dropFirst(start.count))
            if text.hasSuffix("\u{1}") { text.removeLast() }
            isAction = true
        }
        return (IRCFormatting.remove(from: text), isAction)
    }

    private func recordEcho(_ line: IRCMessage, in id: String, _ echoed: [String]?) {
        guard line.command != "NOTICE" else { return }
        if let source = line.source {
            (own.user, own.host) = (source.user ?? own.user, source.host ?? own.host)
        }
        let texts = line.command == "REDACT" ? [] : echoed ?? [line.parameters[1]]
        outbox.confirm(
            batches.label(of: line), in: id, texts: texts,
            remoteID: line.command == "REDACT" ? nil : line.tags["msgid"].flatMap(Self.remoteID))
        collectArrived()
        confirmations.send()
    }
}
