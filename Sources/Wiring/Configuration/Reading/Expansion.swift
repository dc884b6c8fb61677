import MessageBus

/// The expansion of the references `${env:NAME}`, `${env:NAME:-default}` and `${file:PATH}`.
///
/// Works on parsed values, so that no inserted text can change the structure. Inserted text is not
/// expanded again.
struct Expansion {
    /// The treatment of an unset variable without a default.
    enum Unset {
        case problem
        case empty
    }

    /// The most bytes of a file: a secret is far smaller, and a wrong file does not fill the
    /// memory.
    static let maxFileBytes = 64 << 10
    /// The most bytes inserted in all: four times the largest configuration.
    static let maxExpandedBytes = 16 << 20

    let environment: Environment
    /// Directory that relative paths of files are relative to.
    let directory: String

    private let memory = Cache()

    /// The files read and the bytes inserted so far.
    ///
    /// Owned by the function that reads a configuration.
    private final class Cache {
        /// A pipe can be read only once, and waiting for an empty one takes seconds.
        var files: [String: Result<[UInt8], FileProblem>] = [:]
        var size = 0
    }

    init(environment: Environment, directory: String) {
        self.environment = environment
        self.directory = directory
    }

    /// Returns a value with all references expanded; a failed one is reported, and its value
    /// invalid.
    func expand(
        _ value: ConfigValue, unset: Unset = .problem, into problems: inout Problems
    ) -> ConfigValue {
        var result = value
        switch value.kind {
        case .array(let elements):
            result.kind = .array(elements.map { expand($0, unset: unset, into: &problems) })
        case .object(let members):
            result.kind = .object(
                members.map { member in
                    var member = member
                    member.value = expand(member.value, unset: unset, into: &problems)
                    return member
                })
        case .string(let text):
            do {
                let expanded = try expand(text, unset: unset)
                result.kind = .string(expanded.text)
                result.shownAs = expanded.isPutIn ? text : nil
            } catch {
                problems.add(error.sentence, at: value.location)
                result.kind = .invalid
            }
        default: break
        }
        return result
    }

    private struct Failure: Error {
        let sentence: String
    }

    private func expand(
        _ text: String, unset: Unset
    ) throws(Failure) -> (text: String, isPutIn: Bool) {
        var result = ""
        var isPutIn = false
        var rest = Substring(text)
        while let opening = Self.opening(in: rest) {
            result += rest[..<opening]
            let inside = rest[opening...].unicodeScalars.dropFirst(2)
            guard let closing = inside.firstIndex(of: "}") else {
                throw Failure(sentence: "expected \"}\" after \"${\"")
            }
            let reference = Substring(inside[..<closing])
            if reference.hasPrefix("env:") {
                result += try counted(variable(reference.dropFirst("env:".count), unset: unset))
                isPutIn = true
            } else if reference.hasPrefix("file:") {
                result += try counted(file(String(reference.dropFirst("file:".count))))
                isPutIn = true
            } else if !reference.isEmpty, reference.allSatisfy(\.isNumber) {
                // A group of a regular expression, as in `replace`.
                result += "${\(reference)}"
            } else {
                let name = String(reference)
                let isName = Self.isVariableName(name)
                let meant = isName ? "; did you mean ${env:\(name.shortened(to: 40))}?" : ""
                throw Failure(
                    sentence: "expected ${env:NAME}, ${env:NAME:-default} or ${file:PATH}\(meant)")
            }
            rest = rest[rest.unicodeScalars.index(after: closing)...]
        }
        return (result + rest, isPutIn)
    }

    private func counted(_ text: String) throws(Failure) -> String {
        memory.size += text.utf8.count
        if memory.size > Self.maxExpandedBytes {
            let most = ByteCount(Self.maxExpandedBytes)
            throw Failure(sentence: "expected at most \(most) from variables and files in all")
        }
        return text
    }

    private static func opening(in text: Substring) -> String.Index? {
        let scalars = text.unicodeScalars
        return scalars.indices.first { index in
            scalars[index] == "$" && scalars[index...].dropFirst().first == "{"
        }
    }

    private func variable(_ reference: Substring, unset: Unset) throws(Failure) -> String {
        let end = reference.firstIndex(of: ":") ?? reference.endIndex
        let name = String(reference[..<end])
        let rest = reference[end...]
        guard Self.isVariableName(name), rest.isEmpty || rest.hasPrefix(":-") else {
            throw Failure(sentence: "expected ${env:NAME} or ${env:NAME:-default}")
        }
        let value = environment.variable(name)
        // As in a shell, the default is for variables that are unset or empty.
        if !rest.isEmpty, value?.isEmpty ?? true { return String(rest.dropFirst(2)) }
        if let value { return value }
        if unset == .empty { return "" }
        throw Failure(sentence: "the environment variable \(name) is not set")
    }

    private static func isVariableName(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F: true
            default: false
            }
        }
    }

    private func file(_ path: String) throws(Failure) -> String {
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw Failure(sentence: "expected ${file:PATH}")
        }
        if let wrong = PathRules.problem(path) {
            // References can't be nested.
            let hint = wrong.suggestion.contains("${") ? "" : wrong.suggestion
            throw Failure(sentence: "expected \(wrong.expected), found \(path.quoted)\(hint)")
        }
        var bytes: [UInt8]
        do {
            bytes = try contents(path.hasPrefix("/") ? path : "\(directory)/\(path)")
        } catch {
            throw Failure(sentence: "can't read the file \(path): \(error)")
        }
        if bytes.last == 0x0A {
            bytes.removeLast()
            if bytes.last == 0x0D { bytes.removeLast() }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Failure(sentence: "the file \(path) is not UTF-8")
        }
        return text
    }

    private func contents(_ path: String) throws(FileProblem) -> [UInt8] {
        if let known = memory.files[path] { return try known.get() }
        let result: Result<[UInt8], FileProblem>
        do throws(FileProblem) {
            result = .success(try environment.file(path, Self.maxFileBytes))
        } catch {
            result = .failure(error)
        }
        memory.files[path] = result
        return try result.get()
    }
}
