/// The reason why the bus rejected a call of a port.
public enum PortError: Error, CustomStringConvertible, Equatable {
    /// The bus has stopped.
    case stopped
    /// There is no room of that name.
    case noRoom(String)

    /// The sentence.
    public var description: String {
        switch self {
        case .stopped: "the bus has stopped"
        case .noRoom(let name): "there is no room \"\(name)\""
        }
    }
}
