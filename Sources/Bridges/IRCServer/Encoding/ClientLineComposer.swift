import Chat
import IRC
import MessageBus

/// The composer of a message's lines as clients of one form read them, each with CR LF.
struct ClientLineComposer {
    /// The parts of a message's lines that are not in the message.
    struct LineContext {
        /// `:nick!user@host ` of the sender.
        var source: [UInt8]
        /// The channel, or the receiver's nick.
        var target: [UInt8]
        /// The sender's account; `nil` without one.
        var account: String?
        /// The batch that the lines belong to.
        var batch: String?
        /// The label of the command that this answers.
        var label: String?
        /// The value of `+draft/reply`, where the message's own does not say it.
        var reply: String?
        /// The prefix of the text: the time, for clients that do not get it as a tag.
        var stamp: [UInt8] = []
        /// Places inside lines at which the speaker has cut the text.
        var cuts: [Int] = []
    }

    let form: ClientForm

    /// Bytes of a line at most, without CR LF and tags.
    private static let maxLine = 510

    // MARK: - Texts

    /// Appends the lines of something said.
    func appendSaid(_ message: Message, in context: LineContext, to bytes: inout [UInt8]) {
        unsafe message.content.withBytes { text in
            var front = context.stamp
            if let reply = message.reply, !form.options.contains(.tags) {
                front += "[↩ \(reply.name): \(reply.excerpt)] ".utf8
            }
            if message.kind == .edit { front += "[✎] ".utf8 }
            let start = unsafe front.isEmpty ? Self.actionStart(in: text, of: message.sender) : nil
            let isAction = start != nil
            let words = unsafe UnsafeRawBufferPointer(rebasing: text.dropFirst(start ?? 0))
            let command: StaticString = message.isAutomatic ? "NOTICE " : "PRIVMSG "
            let head = context.source.count + command.utf8CodeUnitCount + context.target.count + 2
            let line = Line(
                message: message, context: context, command: command, front: front,
                isAction: isAction, budget: Self.maxLine - head - (isAction ? 9 : 0))
            if form.options.contains(.multiline),
                message.hasSeveralLines || front.count + words.count > line.budget
                    || !context.cuts.isEmpty
            {
                unsafe appendBatch(words, line, to: &bytes)
            } else {
                unsafe appendLines(words, line, to: &bytes)
            }
        }
    }

    /// The common parts of all lines of a message.
    private struct Line {
        let message: Message
        let context: LineContext
        let command: StaticString
        let front: [UInt8]
        let isAction: Bool
        /// Bytes of text at most.
        let budget: Int
    }

    /// Returns where the action begins in a text that `/me` has made, `* Ana waves`; `nil` in any
    /// other.
    private static func actionStart(in text: UnsafeRawBufferPointer, of sender: Sender) -> Int? {
        let count = sender.nameCount
        guard text.count > count + 3, unsafe text[0] == UInt8(ascii: "*"),
            unsafe text[1] == UInt8(ascii: " "),
            unsafe text[count + 2] == UInt8(ascii: " "),
            unsafe UnsafeRawBufferPointer(rebasing: text[2..<(count + 2)])
                .elementsEqual(sender.prefix.prefix(count))
        else { return nil }
        return count + 3
    }

    /// Appends a line for each piece; blank lines can't be said.
    private func appendLines(
        _ text: UnsafeRawBufferPointer, _ line: Line, to bytes: inout [UInt8]
    ) {
        var pieces = unsafe TextPieces(of: text, cuts: line.context.cuts)
        var isFirst = true
        while let piece = pieces.next(
            within: line.budget - (isFirst ? line.front.count : 0))
        {
            if piece.range.isEmpty, !(isFirst && !line.front.isEmpty) { continue }
            appendTags(
                of: line.message, line.context, batch: line.context.batch, isWhole: isFirst,
                to: &bytes)
            unsafe append(text, piece, line, isFirst: isFirst, to: &bytes)
            isFirst = false
        }
    }

    /// Appends a batch of `draft/multiline`.
    private func appendBatch(
        _ text: UnsafeRawBufferPointer, _ line: Line, to bytes: inout [UInt8]
    ) {
        let name = "m\(line.message.number)"
        appendTags(
            of: line.message, line.context, batch: line.context.batch, isWhole: true, to: &bytes)
        bytes += line.context.source
        bytes += "BATCH +\(name) draft/multiline ".utf8
        bytes += line.context.target
        bytes += [13, 10]
        var pieces = unsafe TextPieces(of: text, cuts: line.context.cuts)
        var isFirst = true
        while let piece = pieces.next(
            within: line.budget - (isFirst ? line.front.count : 0))
        {
            bytes += "@batch=\(name)".utf8
            if piece.isContinuation { bytes += ";draft/multiline-concat".utf8 }
            bytes.append(UInt8(ascii: " "))
            unsafe append(text, piece, line, isFirst: isFirst, to: &bytes)
            isFirst = false
        }
        if let batch = line.context.batch { bytes += "@batch=\(batch) ".utf8 }
        bytes += line.context.source
        bytes += "BATCH -\(name)\r\n".utf8
    }

    private func append(
        _ text: UnsafeRawBufferPointer, _ piece: TextPieces.Piece, _ line: Line, isFirst: Bool,
        to bytes: inout [UInt8]
    ) {
        bytes += line.context.source
        line.command.withUTF8Buffer { unsafe bytes.append(contentsOf: $0) }
        bytes += line.context.target
        bytes.append(UInt8(ascii: " "))
        bytes.append(UInt8(ascii: ":"))
        if isFirst { bytes += line.front }
        if line.isAction { Self.append("\u{1}ACTION ", to: &bytes) }
        unsafe bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[piece.range]))
        if line.isAction { bytes.append(1) }
        bytes.append(13)
        bytes.append(10)
    }

    private static func append(_ text: StaticString, to bytes: inout [UInt8]) {
        text.withUTF8Buffer { unsafe bytes.append(contentsOf: $0) }
    }

    // MARK: - Tags

    /// Appends the tags of a message, with `@` in front and a space behind; nothing if there are
    /// none.
    ///
    /// - Parameter isWhole: false for the later lines of one message, which have no `msgid`.
    func appendTags(
        of message: Message, _ context: LineContext, batch: String?, isWhole: Bool,
        to bytes: inout [UInt8]
    ) {
        let start = bytes.count
        if form.options.contains(.time) {
            Self.append("@time=", to: &bytes)
            ServerTime.append(message.time, to: &bytes)
        }
        if form.options.contains(.tags), isWhole, message.header.isSaid {
            begin("msgid=", from: start, in: &bytes)
            Self.append(message.number, to: &bytes)
            if let reply = context.reply {
                begin("+draft/reply=", from: start, in: &bytes)
                bytes += IRCTags.escape(reply).utf8
            } else if let reply = message.reply, reply.number > 0 {
                begin("+draft/reply=", from: start, in: &bytes)
                Self.append(reply.number, to: &bytes)
            }
        }
        if let instance = form.instance, message.header.isSaid {
            begin("+puente/passed=", from: start, in: &bytes)
            bytes += PassedInstances.value(message.origin?.passed ?? [], and: instance).utf8
        }
        if form.options.contains(.account), let account = context.account {
            begin("account=", from: start, in: &bytes)
            bytes += IRCTags.escape(account).utf8
        }
        if let batch {
            begin("batch=", from: start, in: &bytes)
            bytes += batch.utf8
        }
        if let label = context.label, isWhole {
            begin("label=", from: start, in: &bytes)
            bytes += IRCTags.escape(label).utf8
        }
        if bytes.count > start { bytes.append(UInt8(ascii: " ")) }
    }

    private func begin(_ key: StaticString, from start: Int, in bytes: inout [UInt8]) {
        bytes.append(bytes.count == start ? UInt8(ascii: "@") : UInt8(ascii: ";"))
        Self.append(key, to: &bytes)
    }

    private static func append(_ number: MessageNumber, to bytes: inout [UInt8]) {
        let start = bytes.count
        var rest = number.rawValue
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
    }
}
