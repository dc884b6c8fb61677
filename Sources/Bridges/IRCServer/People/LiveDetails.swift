import MessageBus

/// The details that IRC clients give and the bus does not carry, for the lines that are encoded in
/// this turn: reasons, and the places where a text was cut.
///
/// Confined to the bus's loop.
struct LiveDetails {
    /// The way in which somebody leaves.
    enum Leave {
        /// With these last words.
        case said(String)
        /// Removed from a room by a moderator, whose `:nick!user@host ` is given, for a reason.
        case kicked(by: [UInt8], in: String, String)

        /// The last words, or the reason.
        var text: String {
            switch self {
            case .said(let text), .kicked(_, _, let text): text
            }
        }
    }

    /// The words of those who leave, by their folded names.
    var leaves: [String: Leave] = [:]
    /// The reasons for which messages are taken back.
    var redactionReasons: [MessageNumber: String] = [:]
    private var cuts: [MessageNumber: (text: [UInt8], cuts: [Int])] = [:]

    /// Remembers where the speaker of a message has cut its lines.
    mutating func record(_ cuts: [Int], of text: [UInt8], numbered number: MessageNumber) {
        self.cuts[number] = (text, cuts)
    }

    /// Returns where the speaker has cut the lines of a message; none if the chains have changed
    /// it.
    func cuts(of message: Message) -> [Int] {
        guard !cuts.isEmpty, let found = cuts[message.number],
            unsafe message.content.unsafeBytes.elementsEqual(found.text)
        else { return [] }
        return found.cuts
    }

    /// Forgets what has been encoded by now.
    mutating func endTurn() {
        if !leaves.isEmpty { leaves = [:] }
        if !cuts.isEmpty { cuts = [:] }
    }
}
