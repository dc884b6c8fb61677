import MessageBus

/// A parsed file with its references expanded, except in bridges that are left out.
struct Document {
    private let root: ConfigValue
    private let leftOut: Set<Int>

    /// Expands the references of a file, and determines which bridges are left out.
    init(_ parsed: ConfigValue, expansion: Expansion, into problems: inout Problems) {
        var leftOut: Set<Int> = []
        var root = parsed
        guard case .object(var members) = parsed.kind else {
            self.root = parsed
            self.leftOut = []
            return
        }
        for (position, member) in members.enumerated() {
            if TopLevelOptions.unreadKeys.contains(member.key) { continue }
            guard member.key == "bridges", case .array(var entries) = member.value.kind else {
                members[position].value = expansion.expand(member.value, into: &problems)
                continue
            }
            for index in entries.indices {
                if Self.isLeftOut(entries[index], expansion: expansion, into: &problems) {
                    leftOut.insert(index)
                    // Only its type and name are used; unresolved references in them don't matter.
                    var quiet = Problems()
                    entries[index] = expansion.expand(
                        entries[index].only(["type", "name"]), into: &quiet)
                } else {
                    entries[index] = Self.expand(entries[index], expansion, into: &problems)
                }
            }
            members[position].value.kind = .array(entries)
        }
        root.kind = .object(members)
        self.root = root
        self.leftOut = leftOut
    }

    /// Decodes and checks the whole file.
    func configuration(
        file: String, directory: String, registry: Registry, into problems: inout Problems
    ) -> Configuration? {
        let options = TopLevelOptions.decode(
            root, owner: "", beside: [Configuration.schemaKey], elsewhere: { registry.belongs($0) },
            into: &problems)
        guard case .object = root.kind else { return nil }
        problems.rooms = rooms
        let list = root.member("bridges")?.value
        let entries = list?.elements ?? []
        if let list, !entries.isEmpty, leftOut.count == entries.count {
            problems.add(
                """
                expected at least one bridge that is on, found \(entries.count) that \
                \(entries.count == 1 ? "its" : "their") "when" leaves out
                """, at: list.location)
        }
        let names = BridgeNames(entries, leftOut: leftOut, into: &problems)
        let decoder = EntryDecoder(
            registry: registry, rooms: rooms.map { NameTable($0, of: "room") },
            bridges: NameTable(names.all, of: "bridge"),
            hasUsualNames: entries.allSatisfy { $0.member("senderFormat") == nil })
        let middleware = decoder.middleware(root.member("middleware")?.value, into: &problems)
        var bridges: [BridgeEntry] = []
        var absent: [LeftOutBridge] = []
        for (index, entry) in entries.enumerated() {
            let name = names.all[index]
            if leftOut.contains(index) {
                decoder.checkType(of: entry, into: &problems)
                let type = entry.member("type")?.value.text ?? ""
                absent.append(LeftOutBridge(type: type, name: name))
            } else if let bridge = decoder.bridge(entry, name: name, into: &problems) {
                bridges.append(bridge)
            }
        }
        checkFormats(bridges, into: &problems)
        var conflicts = FileConflicts(
            file: file, store: options?.store, middleware: middleware, bridges: bridges)
        conflicts.report(into: &problems)
        guard let options else { return nil }
        return Configuration(
            file: file, directory: directory, name: options.name.text, language: options.language,
            rooms: options.rooms.names, store: options.store, accounts: options.accounts,
            isRegistrationOpen: options.isRegistrationOpen, status: options.status,
            control: options.control.path(besideStore: options.store?.path), log: options.log,
            middleware: middleware, bridges: bridges, leftOut: absent)
    }

    /// The rooms; `nil` if they have problems, which are reported elsewhere.
    private var rooms: [String]? {
        guard let member = root.member("rooms") else { return TopLevelOptions().rooms.names }
        var quiet = Problems()
        return NewRooms.decode(member.value, into: &quiet)?.names
    }

    /// Warns of bridges whose formats let people on one be mistaken for those on another.
    private func checkFormats(_ bridges: [BridgeEntry], into problems: inout Problems) {
        var owners: [String: BridgeEntry] = [:]
        for bridge in bridges where bridge.senderFormat.contains("(") {
            let format = bridge.senderFormat.replacing("{bridge}", with: bridge.name)
            guard let owner = owners[format] else {
                owners[format] = bridge
                continue
            }
            // Equal names are reported as a problem already.
            if owner.name == bridge.name { continue }
            problems.warn(
                """
                people on this bridge are shown exactly like those on \(owner.location.path): put \
                {bridge} into "senderFormat"
                """, at: bridge.formatLocation)
        }
    }

    /// Returns true if a bridge is left out, also by another word for no, which is reported here:
    /// the rest of the entry need not be valid.
    private static func isLeftOut(
        _ entry: ConfigValue, expansion: Expansion, into problems: inout Problems
    ) -> Bool {
        guard let when = entry.member("when")?.value else { return false }
        var quiet = Problems()
        let expanded = expansion.expand(when, unset: .empty, into: &quiet)
        guard quiet.isEmpty else { return false }
        if let chosen = WhenOption.decode(expanded, into: &quiet) { return !chosen.isOn }
        guard expanded.text != nil else { return false }
        problems.add(quiet)
        return true
    }

    /// Expands the references of a bridge; in its `when`, an unset variable is empty.
    private static func expand(
        _ entry: ConfigValue, _ expansion: Expansion, into problems: inout Problems
    ) -> ConfigValue {
        guard case .object(var members) = entry.kind else { return entry }
        for (position, member) in members.enumerated() {
            members[position].value = expansion.expand(
                member.value, unset: member.key == "when" ? .empty : .problem, into: &problems)
        }
        var expanded = entry
        expanded.kind = .object(members)
        return expanded
    }
}

extension ConfigValue {
    /// Returns the object reduced to some members.
    func only(_ keys: Set<String>) -> ConfigValue {
        ConfigValue(.object(members.filter { keys.contains($0.key) }), at: location)
    }
}
