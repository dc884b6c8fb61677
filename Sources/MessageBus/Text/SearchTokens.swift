/// A splitter of texts into words, by one rule for all searches: the store's index, texts that are
/// not in it yet, the rooms' logs, and the words that somebody looks for.
///
/// A word is letters, marks and digits in a row. Case (`ß` is `ss`), accents and compatibility
/// forms make no difference, and invisible characters do not count. In scripts without spaces
/// between words, as those of China, Japan and Thailand, each character is a word: searched for as
/// a phrase, words in the middle of a sentence are found. Owned by one holder at a time:
/// a search or an index.
///
/// The words of a line of ASCII take about 0.2 µs, those of any other line about 1 µs.
package final class SearchTokens {
    /// The role of a scalar in a search.
    private enum Role: Sendable {
        /// It separates words.
        case separator
        /// It is a word.
        case word
        /// It is a part of a word as it is.
        case part
        /// It stands in a word as these bytes; if there are none, it makes no difference.
        case folded([UInt8])
    }

    private let folding = FoldedText()
    /// The roles of scalars that were found out so far, a page for each value of the upper bits.
    private var roles: [UInt32: [Role?]] = [:]

    /// Makes one without any roles yet.
    package init() {}

    /// Writes the words of a text, which must be UTF-8: a space in front of each and one at the
    /// end.
    ///
    /// - Parameter result: is replaced.
    @safe package func write(_ text: UnsafeRawBufferPointer, to result: inout [UInt8]) {
        result.removeAll(keepingCapacity: true)
        result.reserveCapacity(text.count + 2)
        result.append(Self.space)
        let form = unsafe folding.form(of: text)
        var place = 0
        while place < form.count {
            let byte = unsafe form[place]
            if byte < 0x80 {
                place += 1
                Self.append(byte, to: &result)
            } else {
                unsafe append(scalar(in: form, at: &place), to: &result)
            }
        }
        Self.separate(&result)
    }

    private static func append(_ byte: UInt8, to result: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): result.append(byte | 0x20)
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            result.append(byte)
        default: separate(&result)
        }
    }

    private static func separate(_ result: inout [UInt8]) {
        if result[result.count - 1] != space { result.append(space) }
    }

    private static var space: UInt8 { 0x20 }

    private func append(_ scalar: Unicode.Scalar, to result: inout [UInt8]) {
        switch role(of: scalar) {
        case .separator: Self.separate(&result)
        case .word:
            Self.separate(&result)
            result.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            result.append(Self.space)
        case .part:
            result.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        case .folded(let bytes): result.append(contentsOf: bytes)
        }
    }

    private func scalar(
        in text: UnsafeRawBufferPointer, at place: inout Int
    ) -> Unicode.Scalar {
        unsafe Unicode.Scalar(TextScan.scalar(in: text, at: &place)) ?? "\u{FFFD}"
    }

    // MARK: - Scalars

    private func role(of scalar: Unicode.Scalar) -> Role {
        let page = scalar.value / 256
        let place = Int(scalar.value % 256)
        if let known = roles[page]?[place] { return known }
        let role = Self.role(of: scalar)
        roles[page, default: Array(repeating: nil, count: 256)][place] = role
        return role
    }

    private static func role(of scalar: Unicode.Scalar) -> Role {
        if isUnspaced(scalar), isInWord(scalar) { return .word }
        guard isInWord(scalar) else { return .separator }
        let folded = folded(scalar)
        if folded == [scalar.value] { return .part }
        return .folded(
            folded.flatMap {
                Unicode.Scalar($0).flatMap { UTF8.encode($0) }.map { Array($0) } ?? []
            })
    }

    private static func isInWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .decimalNumber, .letterNumber, .otherNumber, .nonspacingMark, .spacingMark,
            .privateUse:
            true
        default: false
        }
    }

    /// Returns whether a scalar is of a script that has no spaces between words.
    private static func isUnspaced(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        // Thai and Lao, Myanmar's with its extensions, Khmer's with its symbols.
        case 0x0E00...0x0EFF, 0x1000...0x109F, 0xA9E0...0xA9FF, 0xAA60...0xAA7F, 0x1780...0x17FF,
            0x19E0...0x19FF:
            true
        // Tai Le, New Tai Lue, Tai Tham, Tai Viet, and Javanese.
        case 0x1950...0x19DF, 0x1A20...0x1AAF, 0xAA80...0xAADF, 0xA980...0xA9DF: true
        // Ideographs, their radicals and strokes, kana, Bopomofo, Yi, and what is alike in the
        // planes beyond.
        case 0x2E80...0x2FDF, 0x3005...0x3007, 0x3021...0x302F, 0x3031...0x303C, 0x3040...0x312F,
            0x31A0...0x31FF, 0x3400...0x4DBF, 0x4E00...0xA4CF, 0xF900...0xFAFF, 0x16FE0...0x18DFF,
            0x1AFF0...0x1B2FF, 0x20000...0x3FFFF:
            true
        default: false
        }
    }

    /// Returns a scalar with its case folded and without accents.
    private static func folded(_ scalar: Unicode.Scalar) -> [UInt32] {
        let table = CompatibilityTable.shared
        // Lower case of upper case of lower case: `ß` and `ẞ` are `ss`, and `ς` is `σ`.
        let cases = scalar.properties.lowercaseMapping.unicodeScalars
            .flatMap { $0.properties.uppercaseMapping.unicodeScalars }
            .flatMap { $0.properties.lowercaseMapping.unicodeScalars }
        var scalars = cases.flatMap { scalar in
            let parts = table.decomposition(of: scalar.value)
            return parts.isEmpty ? [scalar.value] : Array(parts)
        }
        scalars.removeAll { isAccent(table.combiningClass(of: $0)) }
        table.compose(&scalars)
        return scalars
    }

    /// Returns whether marks of a combining class are accents.
    ///
    /// Accents are the points of Hebrew and Arabic, and marks above, below or through the letters
    /// of any alphabet. Other marks, as the vowels of India, are letters.
    private static func isAccent(_ combiningClass: UInt8) -> Bool {
        10...36 ~= combiningClass || 200...240 ~= combiningClass || combiningClass == 1
    }
}
