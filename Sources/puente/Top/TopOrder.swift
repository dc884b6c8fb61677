/// The order of the rows of `puente top`, with the key that chooses it.
enum TopOrder: Character, CaseIterable {
    case file = "f"
    case name = "n"
    case incoming = "i"
    case outgoing = "o"
    case dropped = "d"
    case waiting = "w"
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
