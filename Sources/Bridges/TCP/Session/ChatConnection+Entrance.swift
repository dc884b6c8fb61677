import Chat
import MessageBus

// How a connection begins: it is greeted, or sent away because it means another protocol.
extension ChatConnection {
    /// Sends nothing until it is known that it means the chat.
    func holdBack() {
        isHeldBack = true
        output.standStill()
    }

    /// Sends the greeting, and from now on what the room says.
    func greet() {
        guard isHeldBack else { return }
        isHeldBack = false
        output.sendFirst(server.greeting)
        owes()
    }

    /// Gives the one answer that another protocol has for this, and closes.
    ///
    /// What else it has sent is not looked at.
    func turnAway(_ other: OtherProtocol, _ bus: isolated Bus) {
        guard isOpen else { return }
        server.port.log.debug("\(peer) is sent away: it speaks \(other.name)")
        isHeldBack = false
        let refusal = server.phrases.refusal(of: other)
        if input.hasBrought {
            // Its lines were answered as the chat's; what they asked for comes first.
            send(refusal)
        } else {
            roomReaders.dismiss(self)
            output.sendOnly(refusal)
        }
        finish(bus)
    }

    // MARK: - Without a name

    /// Takes what somebody says who has no name.
    ///
    /// Returns whether it is to be said, because they have one now.
    func admit(_ text: ClientLine.NamelessText, _ line: UnsafeRawBufferPointer, _ bus: isolated Bus)
        -> Bool
    {
        switch server.options.nameless {
        case .ask:
            answer(.needName, text == .missingSpace ? phrases.missingSpace : phrases.needName)
            return false
        case .guest:
            if server.port.direction == .out {
                answer(.forbidden, phrases.forbidden)
                return false
            }
            return enterAsGuest(bus)
        case .name:
            enter(asLine: line, bus)
            return false
        }
    }

    private func enterAsGuest(_ bus: isolated Bus) -> Bool {
        guard enter(as: server.nextGuest(bus), isGuest: true, bus) else { return false }
        if let member, !readsNotices { answer(.ok, phrases.nameIs(member.name.text)) }
        return true
    }

    private func enter(asLine line: UnsafeRawBufferPointer, _ bus: isolated Bus) {
        let spelling = UnsafeRawBufferPointer(rebasing: line[TextTrimming.trimmed(line)])
        do throws(NameProblem) {
            let name = try Name(spelling)
            if mayCommand(), enter(as: name, bus), !readsNotices {
                answer(.ok, phrases.nameIs(name.text))
            }
        } catch {
            if mayCommand() { answer(.badName, phrases.badName(error)) }
        }
    }
}
