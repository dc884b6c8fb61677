import MessageBus
import Testing

@testable import Chat
@testable import TCPBridge

/// The options `tls`, `proxyFrom` and `mode`, and what is said about those that can't be right.
@Suite struct NetworkOptionsTests {
    /// Reads options, and returns the sentences about them.
    private func sentences(_ options: [(String, ConfigValue.Kind)]) -> [String] {
        let start = TextPosition(line: 1, column: 1)
        let root = ConfigLocation(root: start)
        var problems = Problems()
        _ = TCP.Options.decode(value(.object(members(options, root, start)), root), into: &problems)
        let all = problems.sorted + problems.sortedWarnings
        return all.map { "\($0.path): \($0.sentence)" }
    }

    private func value(_ kind: ConfigValue.Kind, _ location: ConfigLocation) -> ConfigValue {
        ConfigValue(kind, at: location)
    }

    private func members(
        _ options: [(String, ConfigValue.Kind)], _ root: ConfigLocation, _ start: TextPosition
    ) -> [ConfigValue.Member] {
        options.map { key, kind in
            let location = root.member(key, at: start)
            return ConfigValue.Member(
                key: key, keyLocation: location, value: value(kind, location))
        }
    }

    private func list(_ texts: String...) -> ConfigValue.Kind {
        let start = TextPosition(line: 1, column: 1)
        let root = ConfigLocation(root: start).member("proxyFrom", at: start)
        return .array(
            texts.enumerated().map { ConfigValue(.string($1), at: root.element($0, at: start)) })
    }

    private func tls(_ options: [(String, ConfigValue.Kind)]) -> ConfigValue.Kind {
        let start = TextPosition(line: 1, column: 1)
        return .object(
            members(options, ConfigLocation(root: start).member("tls", at: start), start))
    }

    @Test func `a pair of files is enough, one is not`() {
        let pair = [("certificate", ConfigValue.Kind.string("a.pem")), ("key", .string("b.pem"))]
        #expect(sentences([("tls", tls(pair))]) == [])
        #expect(
            sentences([("tls", tls([pair[0]]))]) == ["tls: missing \"key\", a string"])
        #expect(
            sentences([("tls", tls([("cert", .string("a")), ("key", .string("b"))]))])
                == [#"tls.cert: "tls" has no option "cert"; did you mean "certificate"?"#])
        #expect(
            sentences([("tls", tls([("certificate", .string("~/a.pem")), ("key", .string(""))]))])
                == [
                    "tls.certificate: expected a path without \"~\", which only a shell knows, found "
                        + "\"~/a.pem\"; did you mean \"${env:HOME}/a.pem\"?",
                    "tls.key: expected the path of a file, found \"\"",
                ])
        let contents = "-----BEGIN PRIVATE KEY-----"
        let problem = sentences([("tls", tls([pair[0], ("key", .string(contents))]))])
        #expect(problem == ["tls.key: expected the path of a file, found the contents of one"])
    }

    @Test func `proxies are addresses, blocks, or those on the Unix socket`() {
        let unix = ("listen", ConfigValue.Kind.string("unix:s"))
        #expect(
            sentences([unix, ("proxyFrom", list("192.0.2.1", "10.0.0.0/8", "::1", "unix"))]) == [])
        #expect(
            sentences([("proxyFrom", list("10.0.0.1/8", "localhost"))]) == [
                "proxyFrom[0]: expected an address like \"192.0.2.1\", a block like \"10.0.0.0/8\", "
                    + "or \"unix\", found \"10.0.0.1/8\"; did you mean \"10.0.0.0/8\"?",
                "proxyFrom[1]: expected an address like \"192.0.2.1\", a block like \"10.0.0.0/8\", "
                    + "or \"unix\", found \"localhost\"",
            ])
        #expect(
            sentences([("proxyFrom", list("unix"))]) == [
                "proxyFrom[0]: \"unix\" has no effect: 0.0.0.0:2000 can't be reached "
                    + "through a Unix socket"
            ])
    }

    @Test func `a mode is for the file of a Unix socket`() {
        let unix = ("listen", ConfigValue.Kind.string("unix:s"))
        for mode in ["0660", "660", "0777", "000"] {
            #expect(sentences([unix, ("mode", .string(mode))]) == [])
        }
        for mode in ["", "1777", "00660", "0888", "rw", "-660"] {
            #expect(
                sentences([unix, ("mode", .string(mode))]) == [
                    "mode: expected a mode in octal like \"0660\", found \"\(mode)\""
                ])
        }
        #expect(
            sentences([unix, ("mode", .number("660"))]) == [
                "mode: expected a mode in octal like \"0660\", found 660; write \"0660\""
            ])
        #expect(
            sentences([("mode", .string("0660"))]) == [
                #"mode: "mode" is for unix: addresses only, and "listen" is 0.0.0.0:2000"#
            ])
        #expect(FileMode("0660")?.bits == 0o660)
    }
}
