/// The lines of a history answer, parsed.
struct HistoryLines {
    private(set) var texts: [String] = []
    private(set) var numbers: [UInt64] = []

    /// Parses `[info]` lines only.
    init(_ lines: [String]) {
        for line in lines {
            let form = /servidor: \[info\] #(\d+) \d{4}-\d\d-\d\d \d\d:\d\d:\d\d (.*)/
            guard let match = line.wholeMatch(of: form) else { continue }
            texts.append(String(match.2))
            numbers.append(UInt64(match.1) ?? 0)
        }
    }
}
