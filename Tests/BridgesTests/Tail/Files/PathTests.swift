import Glibc
import TestSupport
import Testing

@testable import Chat
@testable import TailBridge

/// Patterns, links, and what names become.
@Suite(.timeLimit(.minutes(10))) struct PathTests {
    @Test func `sets, choices and backslashes are as in a shell`() {
        let cases: [(String, String, Bool)] = [
            ("/l/[ab].log", "/l/a.log", true),
            ("/l/[ab].log", "/l/c.log", false),
            ("/l/[a-c]?.log", "/l/bé.log", true),
            ("/l/[!a-c].log", "/l/d.log", true),
            ("/l/[^a-c].log", "/l/b.log", false),
            ("/l/[]x].log", "/l/].log", true),
            ("/l/[[:digit:]]*.log", "/l/7x.log", true),
            ("/l/[[:digit:]]*.log", "/l/x7.log", false),
            ("/l/[á-ú].log", "/l/ñ.log", true),
            ("/l/[x.log", "/l/[x.log", true),
            ("/l/\\*.log", "/l/*.log", true),
            ("/l/\\*.log", "/l/a.log", false),
            ("/l/\\[a].log", "/l/[a].log", true),
            ("/l/[*.log", "/l/[a.log", true),
            ("/l/[.]a.log", "/l/.a.log", false),
            ("/l/a\\.log", "/l/a.log", true),
        ]
        for (pattern, path, matches) in cases {
            #expect(PathPattern(pattern).matches(FilePath(path)) == matches, "\(pattern) \(path)")
        }
        #expect(
            PathAlternatives.expand("/{a,b{c,d}}/x.{log,txt}")
                == ["/a/x.log", "/a/x.txt", "/bc/x.log", "/bc/x.txt", "/bd/x.log", "/bd/x.txt"])
        for text in ["/{a}/x", "/{a,b", "/\\{a,b}", "/a,b}"] {
            #expect(PathAlternatives.expand(text) == [text])
        }
        #expect(PathAlternatives.expand(String(repeating: "{a,b}", count: 20)) == nil)
    }

    @Test func `choices in braces are followed`() throws {
        let folder = try TailFolder()
        folder.configuration.patterns = PathPattern(folder.place("{a,b/c}.[lx]og")).expanded
        folder.makeDirectory("b")
        for name in ["a.log", "a.xog", "b/c.log", "b/a.log", "d.log"] {
            folder.append("\(name)\n", to: name)
        }
        try folder.start()
        folder.read()
        #expect(folder.texts.sorted() == ["a.log", "a.xog", "b/c.log"])
    }

    @Test func `a directory of bridge.json is meant as it is written`() {
        let pattern = PathPattern("*.log", in: { "/srv/[x] *{a,b}/\($0)" })
        #expect(pattern.expanded.count == 1)
        #expect(pattern.matches(FilePath("/srv/[x] *{a,b}/a.log")))
        #expect(!pattern.matches(FilePath("/srv/x yb/a.log")))
    }

    @Test(arguments: [false, true])
    func `links that lead out are followed only when told to`(all: Bool) throws {
        let folder = try TailFolder("logs/*.log", "logs/apps/*/*.log")
        folder.configuration.followsAllLinks = all
        for name in ["logs", "logs/apps", "out", "out/app", "logs/apps/in"] {
            folder.makeDirectory(name)
        }
        folder.append("out\n", to: "out/secret.txt")
        folder.append("app\n", to: "out/app/a.log")
        folder.append("within\n", to: "logs/within.txt")
        folder.append("in\n", to: "logs/apps/in/a.log")
        folder.pointLink("logs/out.log", at: "../out/secret.txt")
        folder.pointLink("logs/within.log", at: "within.txt")
        folder.pointLink("logs/apps/out", at: "../../out/app")
        try folder.start()
        folder.read()
        folder.wait(.seconds(3))
        let expected = ["in", "within"] + (all ? ["app", "out"] : [])
        #expect(folder.texts.sorted() == expected.sorted())
        let told = folder.log.sentences.filter { $0.contains("lead out") }
        #expect(told.count == (all ? 0 : 1))
        // One that appears later is no other.
        folder.append("later\n", to: "out/later.txt")
        folder.pointLink("logs/later.log", at: "../out/later.txt")
        folder.read()
        #expect(folder.texts.contains("later") == all)
    }

    @Test(arguments: [false, true])
    func `any number of directories leads into linked ones only when told to`(all: Bool) throws {
        let folder = try TailFolder("logs/**/*.log")
        folder.configuration.followsAllLinks = all
        for name in ["logs", "logs/a", "out"] { folder.makeDirectory(name) }
        folder.append("one\n", to: "logs/a/x.log")
        folder.append("two\n", to: "out/y.log")
        folder.pointLink("logs/a/linked", at: "../../out")
        folder.pointLink("logs/a/circle", at: "..")
        try folder.start()
        folder.read()
        folder.wait(.seconds(3))
        #expect(
            folder.texts == (all ? ["two", "one"] : ["one"]) || folder.texts == ["one", "two"])
        #expect(folder.log.sentences.contains { $0.contains("** does not enter") } == !all)
    }

    @Test func `what Kubernetes links is followed`() throws {
        let folder = try TailFolder("containers/*.log")
        for name in ["containers", "pods", "pods/ns_pod_uid", "pods/ns_pod_uid/c"] {
            folder.makeDirectory(name)
        }
        folder.append("one\n", to: "pods/ns_pod_uid/c/0.log")
        folder.pointLink("containers/pod_ns_c-1.log", at: "../pods/ns_pod_uid/c/0.log")
        try folder.start()
        folder.read()
        folder.append("two\n", to: "pods/ns_pod_uid/c/0.log")
        folder.rename("pods/ns_pod_uid/c/0.log", to: "pods/ns_pod_uid/c/0.log.20260101-000000")
        folder.append("three\n", to: "pods/ns_pod_uid/c/0.log")
        folder.read()
        folder.wait(.seconds(3))
        #expect(folder.texts == ["one", "two", "three"])
    }

    @Test func `no two files have the same sender, and paths keep their ends`() throws {
        let folder = try TailFolder("**/*.log")
        folder.configuration.sender = "{path}"
        let base = "a-directory-of-a-rather-long-name-that-all-have"
        folder.makeDirectory(base)
        for pod in ["one", "two"] {
            folder.makeDirectory("\(base)/\(pod)")
            folder.append(
                "\(pod)\n", to: "\(base)/\(pod)/this-is-the-same-name-for-all-of-them.log")
        }
        folder.append("three\n", to: "x.log")
        folder.append("four\n", to: "\(base)/y.log")
        try folder.start()
        folder.read()
        #expect(Set(folder.lines.map(\.sender)).count == 4)
        #expect(folder.lines.allSatisfy { $0.sender.count <= 32 && $0.sender.hasPrefix("…") })
        let sender = folder.lines.first { $0.text == "four" }?.sender
        #expect(sender?.hasSuffix("-that-all-have/y.log") == true)
        #expect(folder.lines.allSatisfy { $0.path.hasPrefix("/tmp/") && $0.path.hasSuffix(".log") })
    }

    @Test func `files of one name are told apart by their directories`() throws {
        let folder = try TailFolder("**/*.log")
        for name in ["a", "b"] {
            folder.makeDirectory(name)
            folder.append("\(name)\n", to: "\(name)/app.log")
        }
        folder.append([0x78, 0x0A], to: "x.log")
        try folder.start()
        folder.read()
        #expect(folder.lines.map(\.sender) == ["app.log", "b/app.log", "x.log"])
        // And the file that takes a rotated one's place has its sender.
        folder.rotate("b/app.log")
        folder.append("c\n", to: "b/app.log")
        folder.read()
        #expect(folder.lines.last?.sender == "b/app.log")
    }

    @Test func `names that are not UTF-8 stay distinct`() throws {
        let folder = try TailFolder()
        for byte: UInt8 in [0xE9, 0xEA] {
            var name = Array(folder.place("x").utf8) + [byte] + Array(".log".utf8) + [0]
            let file = name.withUnsafeMutableBytes { bytes in
                open(
                    bytes.baseAddress!.assumingMemoryBound(to: CChar.self),
                    O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
            }
            #expect(write(file, "one\n", 4) == 4)
            close(file)
        }
        try folder.start()
        folder.read()
        #expect(folder.lines.map(\.sender) == ["x\\xE9.log", "x\\xEA.log"])
        #expect(Set(folder.lines.map(\.path)).count == 2)
    }
}
