import Bridges
import Chat
import MessageBus
import Middlewares
import Sockets

@testable import Wiring

extension FuzzTarget {
    /// A bridge.json, read, checked and made as `puente check` does.
    static let configuration = FuzzTarget("configuration") { input in
        try ConfigurationLaws.checkValues(of: input)
        let report = try ConfigurationLaws.report(of: input)
        try require(
            report == ConfigurationLaws.report(of: input), "a file is reported on the same twice")
        for line in report.split(separator: "\n") { try Output.check(line: String(line)) }
        let isShown = report.contains(ConfigurationLaws.secret)
        let isWritten = String(decoding: input, as: UTF8.self).contains(ConfigurationLaws.secret)
        try require(!isShown || isWritten, "no variable and no file is shown: \(report)")
    }
}

/// The laws for configurations.
private enum ConfigurationLaws {
    /// The value of every variable, and the contents of every other file.
    static let secret = "8s3cr3t8"

    /// The loop that bridges are made for; it never turns.
    private static let loop = Result { try EventLoop() }
    private static let registry: Registry = {
        var registry = Registry()
        registry.registerMiddlewares()
        registry.registerBridges()
        return registry
    }()

    /// Returns all problems and warnings; empty if there are none.
    static func report(of input: [UInt8]) throws -> String {
        let environment = Environment(
            variable: { $0 == "UNSET" ? nil : secret },
            file: { path, limit throws(FileProblem) in
                if path != "bridge.json" { return Array(secret.utf8) }
                if input.count > limit { throw FileProblem(sentence: "too large") }
                return input
            })
        do {
            let configuration = try Configuration.read(
                "bridge.json", registry: registry, environment: environment)
            try check(configuration)
            let problems = try made(configuration)
            if !problems.isEmpty {
                throw ConfigurationReport(file: "bridge.json", problems: problems)
            }
            let report = ConfigurationReport(warningsOf: configuration)
            return report.lines.joined(separator: "\n")
        } catch let report as ConfigurationReport {
            try require(
                report.description.hasSuffix("in bridge.json. Nothing was started."),
                "a report has a closing line")
            return report.description
        }
    }

    /// Checks what every valid configuration has.
    private static func check(_ configuration: Configuration) throws {
        try require(!configuration.rooms.isEmpty, "there is a room")
        try require(!configuration.bridges.isEmpty, "there is a bridge")
        try require(
            configuration.bridges.allSatisfy { configuration.rooms.contains($0.room) },
            "every bridge's room exists")
        let names = configuration.bridges.map(\.name) + configuration.leftOut.map(\.name)
        try require(Set(names).count == names.count, "the names of bridges differ")
        for name in names { try Output.check(line: name) }
    }

    /// Makes all middlewares and bridges, and returns the problems of those that can't be made.
    private static func made(_ configuration: Configuration) throws -> Problems {
        var problems = Problems()
        let context = Context(
            name: configuration.name, language: configuration.language, log: .silent,
            executor: try loop.get(), directory: configuration.directory,
            files: { _ in NoFile() })
        for entry in configuration.middleware { _ = entry.make(context, into: &problems) }
        for bridge in configuration.bridges {
            let context = context.named(bridge.name)
            for entry in bridge.middleware + bridge.outgoing {
                _ = entry.make(context, into: &problems)
            }
            _ = bridge.make(context, into: &problems)
        }
        return problems
    }

    /// Checks that the values of a file without mistakes are the same when they are written again.
    static func checkValues(of input: [UInt8]) throws {
        var problems = Problems()
        guard let value = JSONParser.parse(input, into: &problems), problems.isEmpty else { return }
        let text = value.json
        var none = Problems()
        let again = JSONParser.parse(Array(text.utf8), into: &none)
        try require(
            none.isEmpty && again?.json == text,
            "values are read as they are written: \(text)")
    }
}

extension ConfigValue {
    /// The value as JSON.
    fileprivate var json: String {
        switch kind {
        case .null: "null"
        case .bool(let isTrue): isTrue ? "true" : "false"
        case .number(let digits): digits
        case .string(let text): text.quoted
        case .array(let elements):
            "[" + elements.map(\.json).joined(separator: ",") + "]"
        case .object(let members):
            "{"
                + members.map { "\($0.key.quoted):\($0.value.json)" }.joined(separator: ",") + "}"
        case .invalid: "invalid"
        }
    }
}

/// Stands where a file has to be that nobody writes.
private struct NoFile: LineSink {
    func write(_ line: String) -> Bool { true }
}
