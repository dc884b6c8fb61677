@testable import Wiring

extension Environment {
    /// Variables and files of a test; `bridge.json` is the configuration.
    static func fake(
        _ configuration: String, variables: [String: String] = [:], files: [String: String] = [:]
    ) -> Environment {
        Environment(
            variable: { variables[$0] },
            file: { path, limit throws(FileProblem) in
                let text = path == "bridge.json" ? configuration : files[path]
                guard let text else { throw FileProblem(errno: 2) }
                return Array(text.utf8)
            })
    }
}
