import Chat
import MessageBus

extension Tail.Options {
    /// Names that other programs have for these.
    package static let synonyms = [
        "path": "\"paths\": [\"PATH\"]", "file": "\"paths\": [\"PATH\"]", "files": "\"paths\"",
        "filename": "\"paths\": [\"PATH\"]", "glob": "\"paths\"", "globs": "\"paths\"",
        "include": "\"paths\"", "ignore": "\"exclude\"", "name": "\"sender\"",
        "maxlength": "\"maxLine\"",
    ]

    /// Checks the paths and patterns of the files to tail.
    func checkPaths(_ check: inout OptionCheck) {
        func resolved(_ pattern: PathPattern, _ check: OptionCheck) -> [PathPattern] {
            PathPattern(pattern.text, in: { check.resolved($0) ?? $0 }).expanded
        }
        let excluded = exclude.flatMap { pattern in
            pattern.expanded.flatMap { $0.steps.count == 1 ? [$0] : resolved($0, check) }
        }
        let left = Set(exclude)
        for (index, pattern) in paths.enumerated() where left.contains(pattern) {
            check.warning("\"exclude\" leaves all of these out", at: $paths[index])
        }
        for (index, pattern) in paths.enumerated() {
            if check.resolved(pattern.text) == nil { return }
            let followed = resolved(pattern, check)
            check.follows(at: $paths[index]) { path in
                let path = FilePath(path)
                return followed.contains { $0.matches(path) }
                    && !excluded.contains { $0.excludes(path) }
            }
        }
    }
}
