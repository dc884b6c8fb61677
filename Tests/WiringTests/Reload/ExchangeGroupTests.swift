import MessageBus
import Sockets
import Testing

@testable import Wiring

@Suite struct ExchangeGroupTests {
    /// A group as the names of what is stopped and what is started.
    private struct Names: Equatable, CustomStringConvertible {
        let old: [String]
        let new: [String]

        var description: String { "\(old) → \(new)" }
    }

    private static func groups(_ old: [String], _ new: [String]) throws -> [Names] {
        func made(_ bridges: [String]) throws -> MadeConfiguration {
            let read = try configuration("{ \"bridges\": [\(bridges.joined(separator: ","))] }")
            var maker = EntryMaker(context: .fake, fold: { $0 })
            return MadeConfiguration(
                configuration: read, middleware: [],
                bridges: read.bridges.compactMap { maker.bridge($0) })
        }
        let (present, wanted) = (try made(old), try made(new))
        let running = present.bridges.map { bridge in
            RunningBridge(
                entry: bridge.entry,
                supervised: SupervisedBridge(
                    bridge.bridge, attachment: bridge.makeAttachment(), isOptional: false),
                pool: ThreadPool(named: bridge.entry.name))
        }
        let plan = try ReloadPlan(
            from: present.configuration, to: wanted.configuration, adjustable: { _ in [] })
        return ExchangeGroup.groups(
            plan, wanted,
            running: Dictionary(uniqueKeysWithValues: running.map { ($0.entry.name, $0) })
        ).map { Names(old: $0.old.map(\.entry.name), new: $0.new.map(\.entry.name)) }
    }

    private static func telegram(_ name: String, _ token: String, _ more: String = "") -> String {
        #"{ "type": "telegram", "name": "\#(name)", "token": "\#(token)"\#(more) }"#
    }

    @Test func `bridges that want nothing of one another are exchanged one after the other`()
        throws
    {
        let old = [Self.telegram("a", "1"), Self.telegram("b", "2")]
        let new = [Self.telegram("a", "3"), Self.telegram("b", "4")]
        #expect(
            try Self.groups(old, new) == [
                Names(old: ["a"], new: ["a"]), Names(old: ["b"], new: ["b"]),
            ])
    }

    @Test func `two that change places are exchanged together`() throws {
        let old = [Self.telegram("a", "1"), Self.telegram("b", "2")]
        let new = [Self.telegram("a", "2"), Self.telegram("b", "1")]
        #expect(try Self.groups(old, new) == [Names(old: ["a", "b"], new: ["a", "b"])])
    }

    @Test func `one that is removed makes room for another of its type`() throws {
        #expect(
            try Self.groups([Self.telegram("a", "1")], [Self.telegram("b", "1")])
                == [Names(old: ["a"], new: ["b"])])
    }

    @Test func `one that is only removed is in no group, and new ones come last`() throws {
        let tcp = #"{ "type": "tcp", "name": "t" }"#
        let changed = #"{ "type": "tcp", "name": "t", "echo": false }"#
        #expect(
            try Self.groups(
                [Self.telegram("a", "1"), tcp],
                [#"{ "type": "stdio", "name": "s" }"#, changed])
                == [Names(old: ["t"], new: ["t"]), Names(old: [], new: ["s"])])
    }
}
