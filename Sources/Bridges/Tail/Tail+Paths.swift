import MessageBus

extension Tail.Options {
    /// Names that other programs have for these.
    package static let synonyms = [
        "path": "\"paths\": [\"PATH\"]", "file": "\"paths\": [\"PATH\"]", "files": "\"paths\"",
        "filename": "\"paths\": [\"PATH\"]", "glob": "\"paths\"", "globs": "\"paths\"",
        "include": "\"paths\"", "ignore": "\"exclude\"", "name": "\"sender\"",
        "maxlength": "\"maxLine\"",
    ]

    /// Notes which files come in.
    func checkPaths(_ check: inout OptionCheck) {
        let excluded = exclude.map { pattern in
            pattern.steps.count == 1
                ? pattern : PathPattern(check.resolved(pattern.text) ?? pattern.text)
        }
        let left = Set(exclude)
        for (index, pattern) in paths.enumerated() where left.contains(pattern) {
            check.warning("\"exclude\" leaves all of these out", at: $paths[index])
        }
        for (index, pattern) in paths.enumerated() {
            guard let resolved = check.resolved(pattern.text) else { return }
            let followed = PathPattern(resolved)
            check.follows(at: $paths[index]) { path in
                let path = FilePath(path)
                return followed.matches(path) && !excluded.contains { $0.excludes(path) }
            }
        }
    }
}
