import Testing

@testable import Chat

/// The marks of relayed names.
@Suite struct RelayMarkTests {
    @Test(arguments: [
        ("ana", "a|na"), ("@ana", "@a|na"), ("🐱gato", "🐱|gato"), ("a", "a|"), ("", ""),
        ("_x_", "_x|_"), ("José", "J|osé"), ("--", "-|-"), ("ខ្ញុំ", nil), ("👩‍👧x", "👩‍👧|x"),
        ("@\u{2060}ana", "@\u{2060}a|na"),
    ])
    func `the mark stands behind the first letter, and is found twice only`(
        name: String, marked: String?
    ) {
        let found = RelayMark.mark(name)
        if let marked { #expect(found == marked.replacing("|", with: "\u{200B}")) }
        let once = "\(found): hola"
        #expect(!RelayMark.isRepeated(in: once))
        #expect(RelayMark.removed(from: found) == name)
        if name.isEmpty || name == "--" { return }
        #expect(RelayMark.isRepeated(in: "\(RelayMark.mark("relé")) (irc): \(once)"))
        #expect(RelayMark.isRepeated(in: "\(found): [✎] <\(found)> hola"))
        #expect(!RelayMark.isRepeated(in: "\(found): [↩ \(RelayMark.broken(name)): hola] sí"))
    }

    @Test func `each line of a text has a mark of its own`() {
        let lines = ["uno", "dos"].map { "\(RelayMark.mark("ana")): \($0)" }
        let text = lines.joined(separator: "\n")
        #expect(!RelayMark.isRepeated(in: text))
        #expect(RelayMark.isRepeated(in: "\(RelayMark.mark("relé")): \(text)"))
        #expect(RelayMark.isRepeated(in: "hola\n\(RelayMark.mark("relé")): \(lines[1])"))
    }

    @Test(arguments: [
        "hola", "ខ្ញុំ\u{200B}ស្រឡាញ់\u{200B}ភាសា", "aa\u{200B}bb\u{200B}cc", "a \u{200B}\u{200B}b",
        "ខ្ញុំ\u{200B}តែ\u{200B}តែ\u{200B}ភាសា", "/a/\u{200B}b/\u{200B}c",
    ])
    func `other spaces without width are no marks`(text: String) {
        #expect(!RelayMark.isRepeated(in: text))
    }
}
