import Chat
import MessageBus

// The beginning of a connection: it is greeted, or closed because it speaks another protocol.
extension ChatConnection {
    /// Sends nothing until the client is known to speak the chat's protocol.
    func delayGreeting() {
        awaitsGreeting = true
        output.recordPause()
    }

    /// Sends the greeting, and from then on what the room says.
    func greet() {
        guard awaitsGreeting else { return }
        awaitsGreeting = false
        output.sendFirst(server.greeting)
        scheduleSend()
    }

    /// Sends the answer that another protocol has for a refusal, and closes.
    ///
    /// Whatever else the client has sent is discarded.
    func refuseProtocol(_ other: OtherProtocol, _ bus: isolated Bus) {
        guard isOpen else { return }
        if other == .proxy {
            server.logStrangeHeader(from: peer)
        } else {
            server.port.log.debug("\(peer) is sent away: it speaks \(other.name)")
        }
        awaitsGreeting = false
        let refusal = server.phrases.refusal(of: other)
        if input.hasReceivedText {
            // Its lines were answered as lines of the chat, and those answers come first.
            send(refusal)
        } else {
            roomReaders.detach(self)
            output.sendOnly(refusal)
        }
        closeWhenSent(bus)
    }

    // MARK: - Without a name

    /// Refuses anything that is not allowed before a login, where one is required.
    func refuseBeforeLogin() { answer(.loginRequired, phrases.loginRequired) }

    /// Treats a text from a connection without a name as the option `nameless` says; returns
    /// whether it is to be said, under the name that the client has been given.
    @safe func acceptNameless(
        _ text: ClientLine.NamelessText, _ line: UnsafeRawBufferPointer, _ bus: isolated Bus
    )
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
        if let participant, !readsNotices { answer(.ok, phrases.nameIs(participant.name.text)) }
        return true
    }

    @safe private func enter(asLine line: UnsafeRawBufferPointer, _ bus: isolated Bus) {
        let spelling = line.trimmed
        do throws(NameProblem) {
            let name = try Name(spelling)
            if spendCommand(), enter(as: name, bus), !readsNotices {
                answer(.ok, phrases.nameIs(name.text))
            }
        } catch {
            if spendCommand() { answer(.badName, phrases.badName(error)) }
        }
    }
}
