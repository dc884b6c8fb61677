import Chat
import MessageBus
import Sockets
import Store
import Wiring

extension AccountCommands {
    /// Lists the bans in force: end, name or address, the name of whoever gave it, and reason.
    func listBans() throws {
        let now = now
        for (ban, isOver) in try store.changes(since: 0).bans where !isOver {
            if let end = ban.end, end <= now { continue }
            let end = ban.end.map(\.inUTC) ?? "for ever"
            let giver = ban.giver.isEmpty ? "command line" : ban.giver
            let reason = ban.reason.isEmpty ? "" : ": \(ban.reason)"
            Terminal.printLine("\(end)  \(ban.shown)  by \(giver)\(reason)")
        }
    }

    /// Bans a name, an address or a block.
    func addBan(_ text: String, _ duration: Duration?, reason: String) throws {
        let subject = try subject(text)
        let now = now
        let end = duration.map { now + $0 }
        var account: AccountID?
        let shown: String
        switch subject {
        case .name(let key):
            account = try store.credentials(ofName: key)?.account.id
            shown = text
        case .addresses(let block):
            let proxies = location.proxies.compactMap { AddressRange($0) }
            guard !block.holdsThisMachine, !proxies.contains(where: { block.overlaps($0) }) else {
                throw Refusal.usage("\(text.quoted): \(Phrases(.en).protectedAddress)")
            }
            shown = block.description
        }
        try store.add(
            Ban(
                of: subject, shown: shown, account: account, by: "",
                reason: Self.cleaned(reason), at: now, until: end))
        Terminal.printLine("\(shown) is banned \(end.map { "until \($0.inUTC)" } ?? "for ever")")
    }

    /// Removes a ban before its end.
    func removeBan(_ text: String) throws {
        guard try store.removeBan(of: subject(text), at: now) else {
            throw Refusal.unknown("there is no ban of \(text.quoted)")
        }
        Terminal.printLine("\(text): ban removed")
    }

    /// Returns the name or the block that is meant.
    private func subject(_ text: String) throws -> Ban.Subject {
        if let block = AddressBlock(text) { return .addresses(block) }
        let front = text.split(separator: "/", omittingEmptySubsequences: false).first ?? ""
        if ClientAddress(front) != nil {
            throw Refusal.usage(
                "\(text.quoted): the largest blocks are /16, and /32 of IPv6")
        }
        // A name as it is shown may have the bus's parentheses behind it.
        var name = text
        if text.hasSuffix(")"), let opening = text.firstRange(of: " (") {
            name = String(text[..<opening.lowerBound])
        }
        do throws(NameProblem) {
            _ = try Name(name, isChosen: false)
        } catch {
            throw Refusal.usage(
                "\(text.quoted) can't be a name: \(Phrases(.en).badName(error))")
        }
        return .name(NameFolding.key(text))
    }

    /// Returns a reason without anything that could take over a terminal.
    private static func cleaned(_ text: String) -> String {
        let bytes = unsafe Array(text.utf8).withUnsafeBytes {
            TextCleaning.cleaned(repairing: $0, lineEndings: .removed)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
