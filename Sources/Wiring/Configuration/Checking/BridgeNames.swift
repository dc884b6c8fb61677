import MessageBus

/// The names of the bridges of a file: given ones, or made from their types.
struct BridgeNames {
    /// Names of all entries in their order, including those that are left out.
    let all: [String]

    /// Names all entries, and reports names used twice by bridges that are on.
    init(_ entries: [ConfigValue], leftOut: Set<Int>, into problems: inout Problems) {
        let given = entries.map { $0.member("name")?.value.text }
        var owners: [String: ConfigValue] = [:]
        for (index, entry) in entries.enumerated() where !leftOut.contains(index) {
            guard let name = given[index], let value = entry.member("name")?.value else { continue }
            if let owner = owners[name] {
                problems.add(
                    "the name \(value.found) is taken by \(owner.location.path)", at: value.location
                )
            } else {
                owners[name] = entry
            }
        }
        // Given names come first, so that no default takes them.
        var taken = Set(given.compactMap(\.self))
        var lastNumbers: [String: Int] = [:]
        all = entries.enumerated().map { index, entry in
            if let name = given[index] { return name }
            let type = entry.member("type")?.value.text ?? ""
            var number = lastNumbers[type, default: 0]
            var name: String
            repeat {
                number += 1
                name = number == 1 ? type : "\(type)-\(number)"
            } while taken.contains(name)
            lastNumbers[type] = number
            taken.insert(name)
            return name
        }
        warnOfCase(entries, leftOut: leftOut, into: &problems)
    }

    /// Warns of names that differ only in their case.
    private func warnOfCase(
        _ entries: [ConfigValue], leftOut: Set<Int>, into problems: inout Problems
    ) {
        var owners: [String: Int] = [:]
        for (index, entry) in entries.enumerated() where !leftOut.contains(index) {
            let name = all[index]
            guard let owner = owners[name.lowercased()] else {
                owners[name.lowercased()] = index
                continue
            }
            // Equal names are reported as a problem already.
            if all[owner] == name { continue }
            problems.warn(
                "the name differs from that of \(entries[owner].location.path) only in its case",
                at: entry.member("name")?.value.location ?? entry.location)
        }
    }
}
