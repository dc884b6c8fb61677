/// Rules for paths: forms that no path on this system has, or that only a shell replaces.
package enum PathRules {
    /// The expected path, and the one that was probably meant.
    package struct Sentence: Sendable, Equatable {
        package let expected: String
        package let suggestion: String
    }

    /// The most bytes of a path, without the zero at its end, and of a name in it.
    private static let (maxPathBytes, longestName) = (4_095, 255)

    /// Returns what is wrong with a path, if anything is, without looking at files.
    package static func problem(_ path: String) -> Sentence? {
        if path.isEmpty || path.utf8.contains(0) { return expected("the path of a file") }
        if path.utf8.count > maxPathBytes {
            return expected("a path of at most \(maxPathBytes) bytes")
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

    /// Returns what is wrong with a path of another kind: a URL, a Windows path, one with a space
    /// around it.
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

    /// Returns the name of the shell variable that a path begins with.
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
