import TimeUnits

extension TailedFile {
    /// The state of a file's name.
    enum Phase: Equatable {
        /// A matching path leads to the file.
        case live
        /// No matching path leads to the file any more: it is read until it has been quiet for a
        /// while.
        ///
        /// - Parameters:
        ///   - since: the time of that, by the thread's clock.
        ///   - failures: the number of failed reads since then.
        case lost(since: MonotonicTime, failures: Int)
        /// The file is no longer tailed.
        case stopped

        /// The time at which the file lost its matching path; `nil` in other phases.
        var lostSince: MonotonicTime? {
            if case .lost(let since, _) = self { since } else { nil }
        }

        /// Counts a failed read of a lost file; returns the number of them, 0 in other phases.
        mutating func countFailure() -> Int {
            guard case .lost(let since, let failures) = self else { return 0 }
            self = .lost(since: since, failures: failures + 1)
            return failures + 1
        }
    }

    /// The place where a file was found.
    enum Discovery: Equatable {
        /// A matching path.
        case live
        /// A path that rotation gave it.
        case rotated(FilePath)
        /// The path of a copy, recognized by its content: nothing writes to it any more.
        case copy(FilePath)

        /// The path at which the file was found, if that matches no pattern.
        var place: FilePath? {
            switch self {
            case .live: nil
            case .rotated(let path), .copy(let path): path
            }
        }

        /// True for a copy.
        var isCopy: Bool { if case .copy = self { true } else { false } }
    }
}
