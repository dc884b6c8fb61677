import IRC
import MessageBus
import Sockets

// Acts that are due because of the time alone.
extension JoinedNetwork {
    /// The time for the registration.
    private static let registrationTime: Duration = .seconds(60)
    /// The time after the server's first words within which it should have told what it is.
    private static let introductionTime: Duration = .seconds(10)
    /// The silence after which the server is sent a PING.
    private static let quietTime: Duration = .seconds(45)
    /// The time after which it is sent another.
    private static let questionPause: Duration = .seconds(10)
    /// The silence after which the server counts as gone; also the time that a PING may stay
    /// unanswered.
    private static let deadTime: Duration = .seconds(90)
    /// The time until an answer to JOIN.
    private static let joinTime: Duration = .seconds(60)
    /// The time between two attempts to join some channel.
    private static let joinPause: Duration = .milliseconds(500)
    /// The time after which nobody waits for the first attempt any longer: a daemon starts, and
    /// accepts another configuration, even if servers can't be reached.
    private static let firstAttempt: Duration = .seconds(5)
    /// The time without a server after which people are told.
    private static let longSilence: Duration = .seconds(30)
    /// The time between attempts to get the nick back.
    static let nickPause: Duration = .seconds(120)

    /// Does what is due.
    func passTime() {
        progress.send()
        let now = loop.now
        if let since = silentSince, !isSilenceTold, isReady, now - since >= Self.longSilence {
            isSilenceTold = true
            say(phrases.serverIsSilent(serverName))
        }
        if !isReady, startedAt <= now - Self.firstAttempt {
            recordSilence()
            becomeReady()
        }
        guard connection != nil else { return }
        if !isRegistered {
            if let greetedAt, now - greetedAt > Self.introductionTime {
                finishRegistration()
            } else if now - openedAt > Self.registrationTime {
                closeConnection(
                    ConnectionEnd(kind: .lost, reason: "it has not completed the registration"))
            }
            return
        }
        keepAlive(now)
        guard isRegistered else { return }
        renewSTS(isEnding: false)
        for id in channels.keys.sorted() { retry(id, now) }
        tellSplits(splits.removeSettled(now))
        if own.nick != wantedNick, now >= nextNickTry {
            nextNickTry = now + Self.nickPause
            connection?.send(IRCMessage("NICK", [options.nick]))
        }
        if let nick = questions.next(now) { connection?.send(IRCMessage("WHOIS", [nick])) }
        pump()
    }

    private func keepAlive(_ now: MonotonicTime) {
        let silence = now - lastLine
        let unanswered = outbox.unansweredSince.map { now - $0 } ?? .zero
        if silence > Self.deadTime || unanswered > Self.deadTime {
            closeConnection(ConnectionEnd(kind: .lost, reason: "it has not answered for a while"))
        } else if silence > Self.quietTime,
            silence.attoseconds % Self.questionPause.attoseconds < Self.tick.attoseconds
        {
            connection?.send(IRCMessage("PING", ["alive"]))
        }
    }

    private func retry(_ id: String, _ now: MonotonicTime) {
        guard let channel = channels[id] else { return }
        switch channel.membership {
        case .outside:
            guard now >= channel.retryAt, now - lastJoin >= Self.joinPause else { return }
            lastJoin = now
            join(id)
        case .joining(let since):
            if now - since > Self.joinTime { failToJoin(id, "the server does not answer") }
        case .inside(let since):
            if now - since > Self.joinTime { channels[id]?.joinBackoff.reset() }
            if channel.isMuted, now >= channel.retryAt {
                channels[id]?.isMuted = false
                openQueue(id)
            }
        }
    }
}
