import MessageBus

/// Tests of the chain, from bridge.json or from files of their own.
package struct ChainTests: Sendable {
    /// The path of the file they are in, as the user gave it.
    package let file: String
    /// The tests, in the order of the file.
    package let tests: [ChainTest]

    /// Reads the tests in the configuration itself; none if there is no `tests`.
    ///
    /// - Throws: `ConfigurationReport` with all problems.
    package static func read(
        in configuration: ChainConfiguration, environment: Environment = .process
    ) throws(ConfigurationReport) -> ChainTests {
        try read(configuration.file, of: configuration) { problems in
            let parsed = Configuration.parse(configuration.file, environment, into: &problems)
            return parsed.map {
                $0.member("tests")?.value ?? ConfigValue(.array([]), at: $0.location)
            }
        }
    }

    /// Reads a file with a list of tests, a single one, or an object with `tests`.
    ///
    /// - Throws: `ConfigurationReport` with all problems.
    package static func read(
        _ file: String, for configuration: ChainConfiguration,
        environment: Environment = .process
    ) throws(ConfigurationReport) -> ChainTests {
        try read(file, of: configuration) { problems in
            let parsed: ConfigValue?
            do throws(FileProblem) {
                parsed = JSONParser.parse(
                    try environment.file(file, Configuration.maxFileBytes), into: &problems)
            } catch {
                problems.add(Problem("\(error)"))
                return nil
            }
            guard let parsed, case .object = parsed.kind else { return parsed }
            if let member = parsed.member("tests") { return member.value }
            return ConfigValue(.array([parsed]), at: parsed.location)
        }
    }

    /// Reports problems of the tests in a configuration that is otherwise in order.
    ///
    /// - Throws: `ConfigurationReport` with all of them.
    package static func check(
        _ configuration: Configuration, registry: Registry, environment: Environment = .process
    ) throws(ConfigurationReport) {
        _ = try read(
            in: try ChainConfiguration.read(
                configuration.file, registry: registry, environment: environment),
            environment: environment)
    }

    private static func read(
        _ file: String, of configuration: ChainConfiguration,
        _ parse: (inout Problems) -> ConfigValue?
    ) throws(ConfigurationReport) -> ChainTests {
        var problems = Problems(rooms: configuration.rooms)
        let tests = parse(&problems).flatMap { decode($0, configuration, into: &problems) }
        guard let tests, problems.isEmpty else {
            throw ConfigurationReport(file: file, problems: problems)
        }
        return ChainTests(file: file, tests: tests)
    }

    private static func decode(
        _ value: ConfigValue, _ configuration: ChainConfiguration, into problems: inout Problems
    ) -> [ChainTest]? {
        checkBridges(of: value, configuration, into: &problems)
        return [ChainTest].decode(value, into: &problems)
    }

    /// Reports names of bridges that do not exist, even in tests with other problems.
    private static func checkBridges(
        of tests: ConfigValue, _ configuration: ChainConfiguration, into problems: inout Problems
    ) {
        let names = configuration.bridges.map(\.name)
        let said = tests.elements.flatMap { $0.member("say")?.value.elements ?? [] }
        for case let value? in said.map({ $0.member("bridge")?.value }) {
            guard let name = value.text else { continue }
            guard let bridge = configuration.bridge(name) else {
                let nearest = problems.suggestion(for: name, among: names)
                problems.add(
                    "there is no bridge \(name.shortened(to: 60).quoted)\(nearest)",
                    at: value.location)
                continue
            }
            for problem in bridge.problems.sorted {
                problems.add(
                    "the chain of \(name.quoted) can't be made: \(problem.sentence)",
                    at: value.location)
            }
        }
    }
}
