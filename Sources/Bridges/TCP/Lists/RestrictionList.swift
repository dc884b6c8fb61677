import Chat
import MessageBus

/// The answer to `/bans`: bans, then mutes, at the time of the command.
///
/// Confined to the bus's loop, which `AnswerLists` checks.
final class RestrictionList: AnswerList {
    private let bans: [Ban]
    private let mutes: [Mute]
    private let phrases: Phrases
    private var next = 0

    /// Approximate bytes of an entry, with a reason.
    private static let bytesOfEntry = 256

    init(_ accounts: any AccountDirectory, _ phrases: Phrases) {
        bans = accounts.bans
        mutes = accounts.mutes
        self.phrases = phrases
    }

    var heldBytes: Int { 256 + (bans.count + mutes.count) * Self.bytesOfEntry }

    func produce(into piece: inout [UInt8], _ bus: isolated Bus) -> AnswerListProgress {
        while next < bans.count + mutes.count {
            if piece.count >= ClientOutput.listPieceBytes { return .more }
            let text: String
            if next < bans.count {
                text = phrases.line(bans[next], until: bans[next].end?.inLocalTime)
            } else {
                let mute = mutes[next - bans.count]
                text = phrases.line(mute, until: mute.end?.inLocalTime)
            }
            piece.append(contentsOf: phrases.lines(.info, text))
            next += 1
        }
        piece.append(contentsOf: "\(phrases.answer(.ok, phrases.count(next)))\n".utf8)
        return .end
    }
}
