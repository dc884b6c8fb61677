extension Arguments.Name {
    /// The name of the option's value; `nil` if it has none.
    var placeholder: String? {
        switch self {
        case .config, .with: "FILE"
        case .room: "R"
        case .last: "N"
        case .since: "TIME"
        case .role: "ROLE"
        case .bridge: "B"
        case .verdict: "passed|dropped|all"
        case .where: "REGEX"
        case .follow, .json, .free, .readOnly, .connect, .write, .plan, .durable: nil
        }
    }

    /// The effect of the option.
    var summary: String {
        switch self {
        case .config: "The configuration, in place of ./bridge.json."
        case .room: "Only what was said in this room; for a token, the only room it is for."
        case .last: "So many messages at most."
        case .since: "Only messages no older than this, such as 30m, 2h or 7d."
        case .follow: "Goes on with new messages as they come."
        case .json: "One JSON object a line, for programs."
        case .role: "The role: member, moderator, admin or relay."
        case .free: "Lets others have the name again."
        case .readOnly: "The token reads and does not post."
        case .connect: "Each bridge also tries its other side."
        case .write: "Replaces the file itself."
        case .plan: "Only says what would change."
        case .durable: "The program acknowledges what it is given."
        case .bridge: "Only what this bridge brings in."
        case .verdict: "Only what passed, or what was dropped; all by default."
        case .where: "Only what this regular expression matches, as it is shown."
        case .with: "The configuration whose chain judges, in place of the one that runs."
        }
    }
}
