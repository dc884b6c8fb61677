import Testing

/// The owners that the comments of classes name, and the checks that the owners are kept.
@Suite struct OwnerTests {
    @Test func `a class says whose it is, and checks that or names the class that does`() throws {
        let types = DeclaredType.all(
            in: try ProjectFile.all(in: ["Sources"], endings: [".swift"]))
        #expect(types.filter(OwnerRule.namesOwner).count > 100)
        for offence in OwnerRule.offences(of: types) { Issue.record("\(offence)") }
    }

    private static func offences(of text: String) -> [String] {
        OwnerRule.offences(of: DeclaredType.all(in: [ProjectFile("A.swift", text: text)]))
    }

    @Test(arguments: [
        "/// A class.\nfinal class A {\n}",
        "/// Confined to the loop.\nfinal class A {\n    // assertOwned()\n}",
        "/// It counts. Owned by a server; confined to\n/// the loop.\n@safe final class A {\n}",
        "/// Confined to the loop, which `B` checks.\nclass A {\n}\nenum B {\n}",
        "/// Owned by `B`, which checks it.\nclass A {\n}\nenum B {\n}",
        "/// Safe from any thread, except `a`, which is confined to the loop.\nclass A {\n}",
        """
        /// Safe from any thread.
        class B {
            /// Owned by it.
            func b() {}
            /// Owned by `B`.
            class A {
            }
        }
        """,
    ])
    func `a class without a check is found`(text: String) {
        #expect(Self.offences(of: text).count == 1)
    }

    @Test(arguments: [
        "/// A structure.\nstruct A {\n}",
        "/// Confined to the loop.\nfinal class A {\n    func a() { loop.assertOwned() }\n}",
        """
        /// Confined to the loop.
        class A {
        }
        extension A {
            func a(_ bus: isolated Bus) {}
        }
        """,
        """
        /// Confined to the loop, which
        /// `B` checks.
        class A {
        }
        struct B { func b() { assertOwned() } }
        """,
        "/// Owned by a `B`, which checks it.\nclass A {\n}\nactor B {\n}",
        "/// Owned by one holder at a time: a reader, or the loop.\nclass A {\n}",
        "/// Owned by a function, under its lock.\nclass A {\n}",
        "/// Owned by the call that waits.\nclass A {\n}",
        "/// Owned by a server; safe from any thread.\nclass A {\n}",
        "/// Confined to the loop.\nstruct A {\n}",
    ])
    func `other classes are in order`(text: String) {
        #expect(Self.offences(of: text) == [])
    }
}

/// The rule that the comment of a class names its owner, and that the owner is checked.
enum OwnerRule {
    /// The code that checks an owner: the house's functions, the compiler's isolation, and the
    /// count of references.
    private static let checks = [
        "assertOwned()", "assertIsolated()", "assumeIsolated", "isolated Bus",
        "isKnownUniquelyReferenced",
    ]
    /// The words for owners that no check of the thread can tell from others: the class changes
    /// hands, is used under a lock, or lives in one call.
    private static let uncheckable = [
        "one holder at a time", "under its lock", "wned by the function that",
        "wned by the call that",
    ]

    /// Returns true for a class whose comment says whose it is.
    static func namesOwner(_ type: DeclaredType) -> Bool {
        type.keyword == "class"
            && (type.comment.contains("onfined to") || type.comment.contains("wned by"))
    }

    /// Returns a sentence for each class that nobody checks.
    static func offences(of types: [DeclaredType]) -> [String] {
        let checking = Set(types.filter(checksOwner).map(\.name))
        return types.filter { $0.keyword == "class" }.compactMap { type in
            guard namesOwner(type) || isSafe(type.comment) else {
                return "\(type.place): the comment of \(type.name) names no owner"
            }
            let names = checkers(in: type.comment)
            if let name = names.first(where: { !checking.contains($0) }) {
                return "\(type.place): \(name), which is to check \(type.name), checks nothing"
            }
            return !names.isEmpty || checking.contains(type.name) || isExempt(type.comment)
                ? nil : "\(type.place): nothing checks the owner of \(type.name)"
        }
    }

    private static func checksOwner(_ type: DeclaredType) -> Bool {
        type.keyword == "actor"
            || type.code.contains { line in checks.contains { line.contains($0) } }
    }

    /// Returns the types that a comment names as those who check: `X` in "which `X` checks", and in
    /// "owned by `X`, which checks it".
    private static func checkers(in comment: String) -> [Substring] {
        comment.matches(of: /which `(\w+)` checks/).map(\.output.1)
            + comment.matches(of: /wned by ([^.;]*), which checks? it/).flatMap { owner in
                owner.output.1.matches(of: /`(\w+)`/).map(\.output.1)
            }
    }

    private static func isExempt(_ comment: String) -> Bool {
        uncheckable.contains { comment.contains($0) }
            || isSafe(comment) && !comment.contains("onfined to")
    }

    private static func isSafe(_ comment: String) -> Bool {
        comment.contains("afe from any thread")
    }
}
