import MessageBus

extension Configuration {
    /// The most bytes of a file; anything larger is not a configuration.
    package static let maxFileBytes = 4 << 20

    /// Reads and checks a file, without making or starting anything.
    ///
    /// - Throws: `ConfigurationReport` with all problems.
    package static func read(
        _ file: String, registry: Registry, environment: Environment = .process
    ) throws(ConfigurationReport) -> Configuration {
        var problems = Problems()
        let configuration = decode(file, registry, environment, into: &problems)
        guard let configuration, problems.isEmpty else {
            throw ConfigurationReport(file: file, problems: problems)
        }
        var result = configuration
        result.warnings = problems.sortedWarnings
        result.warningCount = problems.warningCount
        return result
    }

    private static func decode(
        _ file: String, _ registry: Registry, _ environment: Environment,
        into problems: inout Problems
    ) -> Configuration? {
        guard let parsed = parse(file, environment, into: &problems) else { return nil }
        let directory = directory(of: file)
        problems.files = environment.lookup(in: directory)
        let expansion = Expansion(environment: environment, directory: directory)
        let document = Document(parsed, expansion: expansion, into: &problems)
        return document.configuration(
            file: file, directory: directory, registry: registry, into: &problems)
    }

    static func parse(
        _ file: String, _ environment: Environment, into problems: inout Problems
    ) -> ConfigValue? {
        let bytes: [UInt8]
        do {
            bytes = try environment.file(file, maxFileBytes)
        } catch {
            problems.add(Problem("\(error)"))
            return nil
        }
        return JSONParser.parseSettings(bytes, into: &problems)
    }

    /// Returns a path relative to the working directory, given one relative to the directory of a
    /// file.
    package static func path(_ path: String, of file: String) -> String {
        let directory = directory(of: file)
        return path.hasPrefix("/") || directory == "." ? path : "\(directory)/\(path)"
    }

    static func directory(of file: String) -> String {
        guard let slash = file.lastIndex(of: "/") else { return "." }
        return slash == file.startIndex ? "/" : String(file[..<slash])
    }
}
