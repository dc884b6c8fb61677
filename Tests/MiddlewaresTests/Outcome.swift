/// The fate of a message.
enum Outcome: Equatable, CustomStringConvertible {
    case passed(String)
    case dropped(String, code: String = "dropped")

    var description: String {
        switch self {
        case .passed(let text): "passed \(text)"
        case .dropped(let reason, let code): "[\(code)] \(reason)"
        }
    }
}
