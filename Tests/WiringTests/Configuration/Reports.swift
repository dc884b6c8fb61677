import MessageBus

@testable import Wiring

/// Reads a configuration and returns the report of its problems, or an empty text.
func report(
    _ configuration: String, variables: [String: String] = [:], files: [String: String] = [:]
) -> String {
    do {
        _ = try Configuration.read(
            "bridge.json", registry: .fake,
            environment: .fake(configuration, variables: variables, files: files))
        return ""
    } catch {
        return error.description
    }
}

/// The problems of a configuration, without the file's name and the closing line.
func problems(
    _ configuration: String, variables: [String: String] = [:], files: [String: String] = [:]
) -> [String] {
    report(configuration, variables: variables, files: files).split(separator: "\n").dropLast()
        .map { String($0.dropFirst("bridge.json:".count)) }
}

/// Reads a configuration that must be valid.
func configuration(
    _ text: String, variables: [String: String] = [:], files: [String: String] = [:]
) throws -> Configuration {
    try Configuration.read(
        "bridge.json", registry: .fake,
        environment: .fake(text, variables: variables, files: files))
}
