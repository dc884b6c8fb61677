import MessageBus

/// The entries of `bridges`, which `EntryDecoder` decodes.
struct BridgeList: OptionValue {
    static var expectation: String { "a list of at least one bridge" }

    static var schema: OptionSchema { .list(of: .definition("bridge"), atLeast: 1) }

    static func decode(_ value: ConfigValue, into problems: inout Problems) -> BridgeList? {
        guard case .array(let entries) = value.kind else {
            problems.expected(
                expectation, found: value, isSecret: true,
                suggestion: "; it looks like [{\"type\": \"tcp\"}]")
            return nil
        }
        let objects = [EntryObject].decode(value, into: &problems)
        if !entries.isEmpty { return objects.map { _ in BridgeList() } }
        problems.add("expected at least one bridge, found an empty list", at: value.location)
        return nil
    }

    var rendered: String { "[]" }
}
