import JSON
import Locking
import MessageBus

// From the program to the bus.
extension ProgramSession {
    /// Something to say, with the program's own name for it.
    private struct Speech {
        /// A draft that can be published, or the reason why there is none.
        enum Content {
            case draft(Draft)
            case refused(Verdict)
        }

        let id: JSON
        let content: Content
        let checkpoint: [String: String]

        /// The draft to publish; `nil` for anything else.
        var draft: Draft? {
            if case .draft(let draft) = content { draft } else { nil }
        }
    }

    /// Executes the lines of one read, and goes on reading.
    func execute(_ lines: [ProgramProcess.Line], _ group: inout TaskGroup<Void>) async throws {
        if options.format == .lines {
            try await say(lines)
        } else {
            var speeches: [Speech] = []
            for line in lines { try await execute(line, &speeches, &group) }
            try await publish(&speeches)
            try await acknowledgeDone()
        }
        try await process.readMore()
    }

    private func execute(
        _ line: ProgramProcess.Line, _ speeches: inout [Speech], _ group: inout TaskGroup<Void>
    ) async throws {
        guard case .whole(let bytes) = line, let request = ProgramRequest(bytes) else {
            return await reportStray(line)
        }
        if case .say(let say) = request {
            let content = try await content(of: say)
            speeches.append(Speech(id: say.id, content: content, checkpoint: say.checkpoint))
            return
        }
        // Requests that follow a `say` take effect after it on the bus, too.
        try await publish(&speeches)
        try await execute(request, &group)
    }

    private func execute(_ request: ProgramRequest, _ group: inout TaskGroup<Void>) async throws {
        switch request {
        case .ready(let can):
            if options.durable, !can.contains("ack") {
                port.log.warning(
                    "the bridge is durable, and the program does not say that it can \"ack\"")
            }
            await becomeReady(&group)
        case .say: break
        case .ack(let number, let remote):
            let isKnown = pending.withLock { $0.acknowledge(number, remote: remote) }
            if !isKnown, options.durable {
                port.log.debug("the program acknowledges \(number), which does not wait for that")
            }
        case .present(let name): await present(name)
        case .whisper(let text, let name, let receiver):
            let receipt = try await port.whisper(
                text, from: name ?? port.name, to: receiver, isAutomatic: true)
            await report(receipt.verdict, "whisper to \(receiver)")
        case .delete(let number):
            await report(try await port.delete(number), "delete #\(number)")
        case .log(let level, let text): await log.write(level, text)
        case .wrongSay(let id):
            await answer([
                ProgramLine.said(
                    id, nil, .drop("text must be a string", code: "bad-arguments"))
            ])
        case .unknown(let type):
            await log.write(.debug, "the program wrote an unknown \(type.quoted)")
        }
    }

    private func reportStray(_ line: ProgramProcess.Line) async {
        switch line {
        case .whole(let bytes): await log.reportStray(bytes)
        case .tooLong(let bytes): await log.reportStray(bytes, isTooLong: true)
        }
    }

    private func present(_ name: String) async {
        for room in rooms where await !port.present(as: name, in: room) {
            await log.write(
                .warning, "somebody else is already called \(port.shownName(name))")
            return
        }
    }

    /// Logs a refusal; names come from the program, so secrets are hidden in them too.
    private func report(_ verdict: Verdict, _ action: String) async {
        if case .drop(let reason, let code, _) = verdict {
            await log.write(.info, "the program could not \(action): [\(code)] \(reason)")
        }
    }

    // MARK: - Saying

    /// Returns the draft to publish, or the reason why there is none: the room is not one of the
    /// program's, or the message to be answered does not exist.
    private func content(of say: ProgramRequest.Say) async throws -> Speech.Content {
        if let room = say.room, !rooms.contains(room) {
            return .refused(
                .drop("this program has no room \(room.quoted)", code: "unknown-room"))
        }
        if let number = say.reply {
            let answered = try await port.message(numbered: number)
            if answered == nil || port.isDeleted(number) {
                return .refused(
                    .drop("there is no message #\(number) to answer", code: "unknown-message"))
            }
        }
        var draft = Draft(say.text, from: say.name ?? port.name)
        draft.room = say.room
        draft.isAutomatic = true
        draft.time = say.time
        draft.reply = say.reply.map { Quotation(number: $0, name: "", excerpt: "") }
        if let remote = say.remote {
            draft.origin = Origin(remoteID: remote)
            draft.isLinked = true
        }
        return .draft(draft)
    }

    /// Publishes what was gathered, with the last checkpoint of each key in the same transaction.
    private func publish(_ speeches: inout [Speech]) async throws {
        if speeches.isEmpty { return }
        defer { speeches = [] }
        var states: [String: String] = [:]
        for speech in speeches { states.merge(speech.checkpoint) { $1 } }
        let drafts = speeches.compactMap(\.draft)
        var receipts: [Receipt]
        do {
            let checkpoints = states.map { Checkpoint(key: $0, state: Array($1.utf8)) }
            if drafts.isEmpty {
                receipts = []
                if !checkpoints.isEmpty { try await port.saveCheckpoints(checkpoints) }
            } else if checkpoints.isEmpty {
                receipts = try await port.publish(drafts)
            } else {
                receipts = try await port.publish(drafts, checkpoints: checkpoints)
            }
        } catch PortError.stopped {
            await answer(
                speeches.map {
                    ProgramLine.said($0.id, nil, .drop("\(PortError.stopped)"))
                })
            return
        }
        receipts.reverse()
        await answer(
            speeches.map { speech in
                if case .refused(let verdict) = speech.content {
                    return ProgramLine.said(speech.id, nil, verdict)
                }
                let receipt = receipts.popLast()
                return ProgramLine.said(speech.id, receipt?.number, receipt?.verdict ?? .pass)
            })
    }

    private func say(_ lines: [ProgramProcess.Line]) async throws {
        var drafts: [Draft] = []
        for line in lines {
            guard case .whole(let bytes) = line else {
                await reportStray(line)
                continue
            }
            var draft = Draft(String(decoding: bytes, as: UTF8.self), from: port.name)
            draft.isAutomatic = true
            if !draft.text.allSatisfy(\.isWhitespace) { drafts.append(draft) }
        }
        if drafts.isEmpty { return }
        do { try await port.publish(drafts) } catch PortError.stopped { return }
    }

    /// Sends answers, or only counts them while too much waits for the program to read.
    private func answer(_ lines: [[UInt8]]) async {
        let unread = state.withLock { $0.unreadAnswers }
        var bytes = unread > 0 ? ProgramLine.skipped(unread, room: nil) : []
        for line in lines { bytes += line }
        let isWritten = await process.writeNow(bytes)
        state.withLock { $0.unreadAnswers = isWritten ? 0 : unread + UInt64(lines.count) }
    }
}
