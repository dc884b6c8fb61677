extension OptionCheck {
    /// Finds what can't be the path of a file that is written to: `check.file(path, at: $path)`.
    ///
    /// What would be a pattern in a shell is a warning: here it is a name like any other. The file is
    /// compared with those of other entries.
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
                "\"\(sign)\" is no pattern here: the file is really called \(found)", at: location)
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

    /// Notes which files' lines come in, so that none of them is one that the bus writes itself.
    ///
    /// - Parameters:
    ///   - place: the value that names them.
    ///   - contains: tells whether an absolute path is one of them; asked when all entries are read.
    package mutating func follows(
        at location: ConfigLocation, _ contains: @escaping @Sendable (String) -> Bool
    ) {
        problems.fileUses.followed.append(
            FileUses.Followed(contains: contains, location: location, entry: object))
    }

    /// A path as the system sees it: absolute, links followed; nil where there are no files.
    package func resolved(_ path: String) -> String? { problems.files?.resolved(path) }
}

extension Problems {
    /// Reports what can't be the path of files that are read, or a pattern of such paths.
    ///
    /// - Parameter isLiteral: whether it is one path, without any sign that stands for others.
    /// - Returns: whether there is nothing wrong.
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

/// What no path on this system can be, or what is put in by a shell only.
package enum PathRules {
    /// What is expected instead, and what was probably meant.
    package struct Sentence: Sendable, Equatable {
        package let expected: String
        package let suggestion: String
    }

    /// The most bytes of a path, without the zero at its end, and of a name in it.
    private static let (longestPath, longestName) = (4_095, 255)

    /// What is wrong with a path, if anything is, without looking at files.
    package static func problem(_ path: String) -> Sentence? {
        if path.isEmpty || path.utf8.contains(0) { return expected("the path of a file") }
        if path.utf8.count > longestPath {
            return expected("a path of at most \(longestPath) bytes")
        }
        if path.split(separator: "/").contains(where: { $0.utf8.count > longestName }) {
            return expected("a path whose names have at most \(longestName) bytes")
        }
        if let foreign = foreign(path) { return foreign }
        if path.hasPrefix("~"), path == "~" || path.contains("/") {
            let rest = path.drop { $0 != "/" }
            let home = path.hasPrefix("~/") || path == "~" ? "${env:HOME}" : "/home/NAME"
            return expected(
                "a path without \"~\", which only a shell knows",
                "; did you mean \("\(home)\(rest)".shortened(to: 60).quoted)?")
        }
        if let name = variable(path) {
            let rest = path.dropFirst(name.count + 1)
            return expected(
                "a path without \"$\(name)\", which only a shell knows",
                "; did you mean \("${env:\(name)}\(rest)".shortened(to: 60).quoted)?")
        }
        return nil
    }

    /// What is wrong with a path of another kind: an URL, one of Windows, one with a space around it.
    private static func foreign(_ path: String) -> Sentence? {
        if let slashes = path.firstRange(of: "://"),
            path.startsWithLetters(upTo: slashes.lowerBound)
        {
            let rest = String(path[slashes.upperBound...])
            let isFile = path.hasPrefix("file:") && !rest.isEmpty
            return expected(
                "a path and no URL",
                isFile ? "; did you mean \(rest.shortened(to: 60).quoted)?" : "")
        }
        if path.hasPrefix("file:") {
            let rest = String(path.dropFirst("file:".count).prefix { $0 != "?" })
            return expected(
                "a path and no URL", "; did you mean \(rest.shortened(to: 60).quoted)?")
        }
        if path.dropFirst().hasPrefix(":\\"), path.first?.isLetter == true {
            return expected("a path of this system, with / between its names")
        }
        if path.first?.isWhitespace == true || path.last?.isWhitespace == true {
            let bare = path.drop(while: \.isWhitespace)
            let end = bare.lastIndex { !$0.isWhitespace }.map { bare[...$0] } ?? ""
            return expected(
                "a path without white space around it",
                end.isEmpty ? "" : "; did you mean \(String(end).shortened(to: 60).quoted)?")
        }
        return nil
    }

    /// The name of a shell's variable that a path begins with.
    private static func variable(_ path: String) -> Substring? {
        guard path.first == "$" else { return nil }
        let name = path.dropFirst().prefix { $0.isASCII && ($0.isLetter || $0 == "_") }
        let end = path.dropFirst(name.count + 1).first
        return name.isEmpty || (end != nil && end != "/") ? nil : name
    }

    private static func expected(_ sentence: String, _ suggestion: String = "") -> Sentence {
        Sentence(expected: sentence, suggestion: suggestion)
    }
}

extension String {
    /// Tells whether the text in front of a place is letters alone.
    fileprivate func startsWithLetters(upTo end: Index) -> Bool {
        end > startIndex && self[..<end].allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
    }
}
