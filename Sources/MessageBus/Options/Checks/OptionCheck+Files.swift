extension OptionCheck {
    /// Reports a path that can't be that of a file to read: `check.readFile(path, at: $key)`.
    ///
    /// A file that is missing is not a problem here: it may come later.
    public mutating func readFile(_ path: String, at location: OptionLocation) {
        let found = location.found(path.shortened(to: 60).quoted) + path.oddCharacter
        if path.contains("-----BEGIN ") {
            problem("expected the path of a file, found the contents of one", at: location)
        } else if let sentence = PathRules.problem(path) {
            let hint = location.isReference ? "" : sentence.suggestion
            problem("expected \(sentence.expected), found \(found)\(hint)", at: location)
        } else if path.hasSuffix("/") || problems.files?.isDirectory(path) == true {
            problem("expected the path of a file, found the directory \(found)", at: location)
        }
    }

    /// Reports a path that can't be that of a file to write: `check.file(path, at: $path)`.
    ///
    /// A path that would be a pattern in a shell gets a warning: here it is a name like any other.
    /// The file is compared with those of other entries.
    public mutating func file(_ path: String, at location: OptionLocation) {
        let found = location.found(path.shortened(to: 60).quoted) + path.oddCharacter
        if let sentence = PathRules.problem(path) {
            let hint = location.isReference ? "" : sentence.suggestion
            problem("expected \(sentence.expected), found \(found)\(hint)", at: location)
            return
        }
        if path.hasSuffix("/") || problems.files?.isDirectory(path) == true {
            problem("expected the path of a file, found the directory \(found)", at: location)
            return
        }
        if let sign = path.first(where: { "*?[]{}".contains($0) }) {
            warning(
                "\"\(sign)\" is not a pattern here: the file is really called \(found)",
                at: location)
        }
        if let percent = path.firstRange(of: "%"),
            path[percent.upperBound...].first.map({ "YmdHMSjFT".contains($0) }) == true
        {
            warning(
                "no date takes the place of \"%\": the file is really called \(found)", at: location
            )
        }
        guard let resolved = problems.files?.resolved(path) else { return }
        problems.fileUses.written.append(
            FileUses.Written(path: resolved, location: location.location, entry: object))
    }

    /// Records the files whose lines come in, so that a file that the bus writes itself can be
    /// found among them.
    ///
    /// - Parameters:
    ///   - location: the location of the value that names the files.
    ///   - contains: returns whether an absolute path is one of them; called when all entries are
    ///     read.
    package mutating func follows(
        at location: ConfigLocation, _ contains: @escaping @Sendable (String) -> Bool
    ) {
        problems.fileUses.followed.append(
            FileUses.Followed(contains: contains, location: location, entry: object))
    }

    /// Returns a path as the system sees it: absolute, links followed; nil where there are no
    /// files.
    package func resolved(_ path: String) -> String? { problems.files?.resolved(path) }
}

extension Problems {
    /// Reports a value that can't be the path of files to read, or a pattern of such paths.
    ///
    /// - Parameter isLiteral: true if the path stands for itself, without wildcards.
    /// - Returns: true if there is nothing wrong.
    package mutating func isPath(_ value: ConfigValue, isLiteral: Bool) -> Bool {
        guard let path = value.text else { return false }
        let isShown = value.shownAs == nil
        if let sentence = PathRules.problem(path) {
            expected(
                sentence.expected, found: value, suggestion: isShown ? sentence.suggestion : "")
            return false
        }
        if path.hasSuffix("/") || (isLiteral && files?.isDirectory(path) == true) {
            let all = path + (path.hasSuffix("/") ? "*" : "/*")
            let hint = isShown ? "; did you mean \(all.shortened(to: 60).quoted)?" : ""
            add(
                "expected a path of files, found the directory \(value.found)\(hint)",
                at: value.location)
            return false
        }
        return true
    }
}

extension String {
    /// Returns whether the text in front of a place is letters alone.
    func startsWithLetters(upTo end: Index) -> Bool {
        end > startIndex && self[..<end].allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
    }
}
