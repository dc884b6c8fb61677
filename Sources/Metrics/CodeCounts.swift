/// Counts by a code, such as the code of a drop.
///
/// A short list, not a table: there are few codes, and the frequent ones stand in front. Owned by
/// the statistics that they are a part of; a copy is a report.
package struct CodeCounts: Sendable, Equatable {
    /// The codes with their counts, in the order in which they first came.
    package private(set) var all: [(code: String, count: UInt64)] = []

    /// The most codes that are counted separately: a plug-in may make codes from what people write.
    package static let maxCodes = 200
    /// The code of all further ones.
    package static let otherCode = "other"

    /// Makes empty counts.
    package init() {}

    /// Counts a code.
    package mutating func record(_ code: String, times: UInt64 = 1) {
        if let index = all.firstIndex(where: { $0.code == code }) {
            all[index].count += times
        } else if all.count < Self.maxCodes - 1 || code == Self.otherCode {
            all.append((code, times))
        } else {
            record(Self.otherCode, times: times)
        }
    }

    /// Returns whether both have the same counts in the same order.
    package static func == (left: CodeCounts, right: CodeCounts) -> Bool {
        left.all.elementsEqual(right.all) { $0 == $1 }
    }
}
