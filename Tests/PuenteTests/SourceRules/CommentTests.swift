import Testing

/// The `///` comments of sources, plug-ins and tests.
@Suite struct CommentTests {
    @Test func `every parameter that is explained is one of the function`() throws {
        let functions = try Self.comments().filter { !$0.parameters.isEmpty }
        #expect(functions.count > 300)
        for comment in functions {
            let names = comment.declaredParameters
            for name in comment.parameters where !names.contains(name) {
                Issue.record("\(comment.place): there is no parameter \(name), but \(names)")
            }
        }
    }

    @Test func `no sentence begins with a question word`() throws {
        let words: Set<Substring> = [
            "What", "Whether", "Who", "Whoever", "Whose", "Whom", "How", "Where", "When", "Why",
            "Which",
        ]
        for comment in try Self.comments() {
            for sentence in comment.sentences {
                let word = sentence.prefix { $0.isLetter }
                if words.contains(word) { Issue.record("\(comment.place): \(sentence)") }
            }
        }
    }

    private static func comments() throws -> [DocumentationComment] {
        try ProjectFile.all(in: ["Sources", "Plugins", "Tests"], endings: [".swift"])
            // The sample below is no comment of this file.
            .filter { !$0.path.hasSuffix("/CommentTests.swift") }
            .flatMap(DocumentationComment.all)
    }

    // MARK: - How a comment is read

    private let sample = DocumentationComment.all(
        in: ProjectFile(
            "A.swift",
            text: """
                    /// Does it. What for
                    /// is known.
                    ///
                    /// - Parameters:
                    ///   - words: how
                    ///     many.
                    ///   - then: called.
                    /// - Returns: What is left.
                    func count<Value: P<Int>>(
                        in words: [Int: Value], _ limit: Int = 3, then: (_ a: Int, Int) -> Void
                    ) -> Int {
                """))

    @Test func `names and parameters of a comment are found`() {
        #expect(sample.map(\.parameters) == [["words", "then"]])
        #expect(sample.map(\.declaredParameters) == [["words", "limit", "then"]])
        #expect(
            sample.first?.sentences == [
                "Does it.", "What for is known.", "how many.", "called.", "What is left.",
            ])
    }
}
