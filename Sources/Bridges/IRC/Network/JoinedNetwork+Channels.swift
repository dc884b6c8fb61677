import IRC
import MessageBus
import Sockets

// Getting into channels, and what they refuse.
extension JoinedNetwork {
    /// The word by which the answers to our WHO are known.
    static let whoToken = "152"
    /// Numerics that say why a channel can't be joined.
    private static let joinRefusals: Set<Int> = [
        403, 405, 407, 437, 448, 470, 471, 473, 474, 475, 476, 477, 479, 480, 485, 489, 495, 520,
    ]
    /// Numerics that say why a channel takes nothing.
    private static let speakRefusals: Set<Int> = [401, 404, 415, 477, 482, 489, 531]
    /// Numerics that say that a line will never be taken: it has no text, is too long, or holds a
    /// forbidden word.
    private static let finalRefusals: Set<Int> = [408, 412, 417, 936]
    /// Numerics that say that the bridge is not in a channel.
    private static let outsideRefusals: Set<Int> = [403, 442]

    /// Asks to be let into a channel.
    func join(_ id: String) {
        guard let channel = channels[id], isRegistered else { return }
        channels[id]?.membership = .joining(loop.now)
        connection?.send(
            IRCMessage("JOIN", [channel.name] + (channel.key.map { [$0.reveal()] } ?? [])))
    }

    /// Records that the bridge is in a channel.
    func enter(_ id: String) {
        guard let channel = channels[id] else { return }
        channels[id]?.membership = .inside(loop.now)
        log.info("joined \(channel.name)")
        if channel.isClosedTold || channel.isKickTold {
            channels[id]?.isClosedTold = false
            channels[id]?.isKickTold = false
            say(phrases.channelIsOpen(channel.name), in: channel)
        }
        let capabilities = registration.capabilities
        if features.hasExtendedWho, !capabilities.has("account-tag") {
            connection?.send(IRCMessage("WHO", [channel.name, "%tnfa,\(Self.whoToken)"]))
        } else if features.botMode != nil, !capabilities.has("message-tags") {
            connection?.send(IRCMessage("WHO", [channel.name]))
        }
        channels[id]?.isMuted = false
        openQueue(id)
    }

    /// Lets messages out to a channel; those that are too old by now are only counted.
    func openQueue(_ id: String) {
        let (limit, now) = (options.older, loop.wallTime)
        _ = outbox.withQueue(id) { queue in
            (queue.isOpen, queue.isProbing) = (true, false)
            if let limit { queue.leaveOutOld { Self.isOld($0, limit, now) } }
        }
        wakeSenders()
        pump()
    }

    /// Returns whether a message has waited for too long.
    static func isOld(_ message: Message, _ limit: Duration, _ now: Timestamp) -> Bool {
        now - message.received > limit
    }

    /// Records that a channel can't be joined at present.
    func failToJoin(_ id: String, _ reason: String) {
        guard let channel = channels[id] else { return }
        let pause = leave(id)
        log.warning("\(channel.name) can't be joined: \(reason). Trying again in \(pause.plain)")
        guard !channel.isClosedTold else { return }
        channels[id]?.isClosedTold = true
        say(phrases.channelIsClosed(channel.name, reason), in: channel)
    }

    /// Records that the bridge is no longer in a channel; returns the time until it tries again.
    @discardableResult
    func leave(_ id: String) -> Duration {
        guard channels[id] != nil else { return .zero }
        channels[id]?.membership = .outside
        roster.clear(id)
        _ = outbox.withQueue(id) { $0.isOpen = false }
        let pause = channels[id]?.joinBackoff.next() ?? .zero
        channels[id]?.retryAt = loop.now + pause
        return .seconds(Int64(pause / .seconds(1)) + 1)
    }

    /// Acts on a numeric that refuses something.
    func refuse(_ line: IRCMessage) {
        let id = line.parameters.dropFirst().compactMap { channelID($0) }.first
        if line.numeric.map(Self.finalRefusals.contains) == true {
            outbox.recordFinalRefusal(line.tags["label"], in: id, line.reason)
            collectArrived()
            return pump()
        }
        guard let numeric = line.numeric, let id, let channel = channels[id] else {
            return log.debug("\(serverName): \(line.command) \(line.reason)")
        }
        switch channel.membership {
        case .joining where Self.joinRefusals.contains(numeric):
            failToJoin(id, "\(line.reason) (\(numeric))")
        case .inside where Self.outsideRefusals.contains(numeric):
            _ = outbox.recordRefusal(line.tags["label"], in: id, line.reason)
            failToJoin(id, "\(line.reason) (\(numeric))")
        case .inside where Self.speakRefusals.contains(numeric):
            switch outbox.recordRefusal(line.tags["label"], in: id, line.reason) {
            case .ofChannel: mute(id, "\(line.reason) (\(numeric))")
            case .perhapsOfLine: break
            case .ofLine: collectArrived()
            }
        case .outside where Self.speakRefusals.union(Self.outsideRefusals).contains(numeric):
            // The message was on its way when the bridge was removed from the channel.
            _ = outbox.recordRefusal(line.tags["label"], in: id, line.reason)
        default: log.debug("\(channel.name): \(line.reason) (\(numeric))")
        }
        pump()
    }

    /// Records that a channel takes nothing at present.
    private func mute(_ id: String, _ reason: String) {
        guard let channel = channels[id], !channel.isMuted else { return }
        let pause = channels[id]?.speakBackoff.next() ?? .zero
        channels[id]?.isMuted = true
        channels[id]?.retryAt = loop.now + pause
        _ = outbox.withQueue(id) { $0.isOpen = false }
        wakeSenders()
        port.recordAttempt("refused")
        log.warning("\(channel.name) takes nothing: \(reason)")
        guard !channel.isMutedTold else { return }
        channels[id]?.isMutedTold = true
        say(phrases.channelIsMuted(channel.name, reason), in: channel)
    }

    /// Records that a channel has taken something.
    func recordSpoken(in id: String) {
        guard let channel = channels[id] else { return }
        channels[id]?.speakBackoff.reset()
        guard channel.isMutedTold else { return }
        channels[id]?.isMutedTold = false
        say(phrases.channelListens(channel.name), in: channel)
    }

    /// Acts on a standard reply that refuses something.
    func recordFailure(_ line: IRCMessage) {
        log.warning("\(serverName): \(line.parameters.joined(separator: " ").shortened(to: 200))")
        guard line.parameters.first == "BATCH", registration.capabilities.hasMultiline else {
            return
        }
        registration.giveUp("draft/multiline")
        outbox.recompose()
        pump()
    }
}
