import MessageBus

/// The form of the lines that a bridge writes into another network, such as `{name}: {text}`; a
/// text that is too long for one line there becomes several.
package struct LineFormat: Sendable {
    /// The form as it is configured: `{name}: {text}`.
    private let format: String
    private let unit: LengthUnit
    /// The least length of a piece of text, however long the rest of the format is.
    private let minRoom: Int

    /// Makes a form.
    ///
    /// - Parameters:
    ///   - unit: the unit of all lengths.
    ///   - minRoom: the least length of a piece of text, however long the rest of the format is.
    package init(_ format: String, in unit: LengthUnit, minRoom: Int) {
        (self.format, self.unit, self.minRoom) = (format, unit, minRoom)
    }

    /// Returns a line as it is written, in as many lines as it needs, each with the name in front.
    package func lines(of line: String, by name: String, atMost limit: Int) -> [String] {
        let whole = fill(name, line)
        if unit.length(of: whole) <= limit { return [whole] }
        let room = limit - unit.length(of: fill(name, ""))
        // The bus has checked the beginnings of lines; a cut makes new ones.
        return split(line, atMost: room).enumerated().map { index, piece in
            fill(name, index == 0 ? piece : ReservedMarkers.altered(piece))
        }
    }

    /// Fills in the format; placeholders in a name or a text stay as they are.
    package func fill(_ name: String, _ text: String) -> String {
        var result = ""
        var rest = format[...]
        while let brace = rest.firstIndex(of: "{") {
            result += rest[..<brace]
            rest = rest[brace...]
            if rest.hasPrefix("{name}") {
                result += name
                rest = rest.dropFirst("{name}".count)
            } else if rest.hasPrefix("{text}") {
                result += text
                rest = rest.dropFirst("{text}".count)
            } else {
                result += "{"
                rest = rest.dropFirst()
            }
        }
        return result + rest
    }

    /// Splits a line between words, or inside one that is too long by itself, never inside a
    /// character.
    package func split(_ line: String, atMost limit: Int) -> [String] {
        let room = max(limit, minRoom)
        var pieces: [String] = []
        var rest = line[...]
        while unit.length(of: rest) > room {
            let cut = cut(rest, atMost: room)
            pieces.append(String(rest[..<cut]))
            rest = rest[cut...]
            // The cut stands for that space.
            if rest.first == " " { rest = rest.dropFirst() }
        }
        if !rest.isEmpty || pieces.isEmpty { pieces.append(String(rest)) }
        return pieces
    }

    private func cut(_ text: Substring, atMost room: Int) -> String.Index {
        var length = 0
        var index = text.startIndex
        var space: (index: String.Index, length: Int)?
        while index < text.endIndex {
            let next = text.index(after: index)
            let width = unit.length(of: text[index..<next])
            if length + width > room { break }
            if text[index] == " " { space = (index, length) }
            length += width
            index = next
        }
        if index < text.endIndex, text[index] == " " { return index }
        // A word longer than half a piece is cut.
        if let space, space.length > room / 2 { return space.index }
        if index > text.startIndex { return index }
        // One character with thousands of combining marks is cut between two of its code points.
        return scalarCut(text, atMost: room)
    }

    private func scalarCut(_ text: Substring, atMost room: Int) -> String.Index {
        let scalars = text.unicodeScalars
        var length = 0
        var index = scalars.startIndex
        while index < scalars.endIndex {
            length += unit.length(of: scalars[index])
            if length > room { break }
            index = scalars.index(after: index)
        }
        return index > scalars.startIndex ? index : scalars.index(after: scalars.startIndex)
    }
}
