/// The order of the rows of `puente top`, with the key that chooses it; of figures the largest
/// first.
enum TopOrder: Character, CaseIterable {
    /// As in bridge.json.
    case file = "f"
    case name = "n"
    case incoming = "i"
    case outgoing = "o"
    case dropped = "d"
    /// By the number of messages that wait.
    case waiting = "w"
    /// By the age of the oldest message that waits.
    case age = "a"

    /// The word for the order in the screen's last line; it begins with the key.
    var word: String {
        switch self {
        case .file: "file"
        case .name: "name"
        case .incoming: "in"
        case .outgoing: "out"
        case .dropped: "dropped"
        case .waiting: "waiting"
        case .age: "age"
        }
    }
}
