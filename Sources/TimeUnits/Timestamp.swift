/// A moment of the wall clock, in milliseconds since 1970-01-01 00:00 UTC.
@frozen public struct Timestamp: Sendable, Hashable, Comparable {
    /// Milliseconds since the epoch.
    public let milliseconds: Int64

    /// Makes a moment from milliseconds since the epoch.
    @inlinable public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// A moment after all that clocks tell: the latest there is.
    @inlinable package static var latest: Timestamp { Timestamp(milliseconds: .max) }

    /// The beginning of 1970; where a number is written in any case, it stands for no moment.
    @inlinable public static var epoch: Timestamp { Timestamp(milliseconds: 0) }

    /// Returns whether the left moment was earlier.
    @inlinable public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// Returns the moment that is so much later: the latest there is where none is.
    ///
    /// Fractions of a millisecond of the span are left out.
    @inlinable public static func + (moment: Timestamp, span: Duration) -> Timestamp {
        let (sum, overflows) = moment.milliseconds.addingReportingOverflow(span.wholeMilliseconds)
        return overflows || span.isBeyondMilliseconds
            ? moment.moved(by: span.attoseconds / 1_000_000_000_000_000)
            : Timestamp(milliseconds: sum)
    }

    /// Returns the moment that is so much earlier: the earliest there is where none is.
    ///
    /// Fractions of a millisecond of the span are left out.
    @inlinable public static func - (moment: Timestamp, span: Duration) -> Timestamp {
        let whole = span.wholeMilliseconds
        let (rest, overflows) = moment.milliseconds.subtractingReportingOverflow(whole)
        return overflows || span.isBeyondMilliseconds
            ? moment.moved(by: -(span.attoseconds / 1_000_000_000_000_000))
            : Timestamp(milliseconds: rest)
    }

    /// Returns the moment so many milliseconds later, as far as there is one.
    @usableFromInline func moved(by span: Int128) -> Timestamp {
        Timestamp(milliseconds: Int64(clamping: Int128(milliseconds) + span))
    }

    /// Returns the time from one moment to another, negative if the end is the earlier one.
    ///
    /// Exact for any two moments: a `Duration` has 128 bits.
    @inlinable public static func - (end: Timestamp, start: Timestamp) -> Duration {
        let (span, overflows) = end.milliseconds.subtractingReportingOverflow(start.milliseconds)
        return overflows
            ? .milliseconds(end.milliseconds) - .milliseconds(start.milliseconds)
            : .milliseconds(span)
    }
}
