/// Collects lines on one thread or several.
final class Tally: @unchecked Sendable {  // each test uses it on one thread
    private(set) var all: [String] = []
    func add(_ line: String) { all.append(line) }
}
