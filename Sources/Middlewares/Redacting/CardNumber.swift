/// The search for numbers that look like those of bank cards.
enum CardNumber {
    /// Possible numbers of digits.
    static let digits = 13...19

    private struct Digit {
        let location: Int
        let value: Int
        /// True if the digit begins or ends a group: no other digit is right before or after it.
        let isFirst: Bool
        var isLast: Bool
    }

    /// Returns the ranges of numbers: groups of digits separated by single spaces or dashes, with a
    /// first digit that cards have, and passing Luhn's check.
    static func ranges(in text: UnsafeRawBufferPointer) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        guard unsafe hasLongRun(text) else { return ranges }
        var run: [Digit] = []
        for location in 0..<text.count where unsafe isDigit(text[location]) {
            let gap = run.last.map { location - $0.location } ?? 0
            let isJoined = unsafe gap == 1 || gap == 2 && isSeparator(text[location - 1])
            if !isJoined, let last = run.indices.last {
                run[last].isLast = true
                appendRanges(of: run, to: &ranges)
                run.removeAll(keepingCapacity: true)
            }
            if isJoined, gap == 2, let last = run.indices.last { run[last].isLast = true }
            unsafe run.append(
                Digit(
                    location: location, value: Int(text[location] - 0x30),
                    isFirst: gap != 1 || !isJoined,
                    isLast: false))
        }
        if let last = run.indices.last {
            run[last].isLast = true
            appendRanges(of: run, to: &ranges)
        }
        return ranges
    }

    /// Returns true if enough digits are in a row; log lines with their times don't have them.
    private static func hasLongRun(_ text: UnsafeRawBufferPointer) -> Bool {
        var count = 0
        var gap = 0
        for index in 0..<text.count {
            let byte = unsafe text[index]
            if isDigit(byte) {
                count += 1
                gap = 0
                if count >= digits.lowerBound { return true }
            } else {
                gap += 1
                if gap > 1 || !isSeparator(byte) { count = 0 }
            }
        }
        return false
    }

    private static func appendRanges(of run: [Digit], to ranges: inout [Range<Int>]) {
        var start = 0
        while start + digits.lowerBound <= run.count {
            // Cards begin with 2 to 6, UnionPay's also with 8: milliseconds since 1970, with 1.
            let isPossible = run[start].isFirst && [2, 3, 4, 5, 6, 8].contains(run[start].value)
            let end = isPossible ? self.end(of: run[start...]) : nil
            if let end { ranges.append(run[start].location..<run[end].location + 1) }
            start = (end ?? start) + 1
        }
    }

    /// Returns the index of the last digit of the longest number at the front.
    private static func end(of run: ArraySlice<Digit>) -> Int? {
        let last = min(run.endIndex, run.startIndex + digits.upperBound) - 1
        let first = run.startIndex + digits.lowerBound - 1
        return stride(from: last, through: first, by: -1).first { end in
            run[end].isLast && isValid(run[run.startIndex...end])
        }
    }

    private static func isValid(_ number: ArraySlice<Digit>) -> Bool {
        var sum = 0
        for (index, digit) in number.reversed().enumerated() {
            let value = index % 2 == 0 ? digit.value : 2 * digit.value
            sum += value > 9 ? value - 9 : value
        }
        return sum % 10 == 0
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
    private static func isSeparator(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x2D }
}
