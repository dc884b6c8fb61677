/// The shared rooms, with the names that the other instances have for them.
struct FleetRooms: Sendable {
    /// The names there, by the names here.
    let there: [String: String]
    private let here: [String: String]

    /// Makes the table; if two rooms have one name there, the first counts.
    init(_ there: [String: String]) {
        self.there = there
        let pairs = there.sorted { $0.key < $1.key }.map { ($0.value, $0.key) }
        here = Dictionary(pairs) { first, _ in first }
    }

    /// The rooms here, sorted.
    var all: [String] { there.keys.sorted() }

    /// Returns the room here that a name there stands for; `nil` if it is not shared.
    func room(named name: String) -> String? { here[name] }
}
