/// How names from outside are made harmless and compared.
///
/// The chat's own rules are given to the bus; these plain ones do for tests.
package struct NamePolicy: Sendable {
    /// What makes two names the same.
    package var fold: @Sendable (String) -> String = { $0.lowercased() }
    /// A name from outside without anything that could forge a line.
    package var clean: @Sendable (String) -> String = { $0 }
    /// A name for somebody who has to give one up, by how many were tried before.
    package var displaced: @Sendable (_ name: String, _ tried: Int) -> String = { name, tried in
        tried == 0 ? "\(name)~" : "\(name)~\(tried + 1)~"
    }
    /// The name under which the bus itself speaks.
    package var server: @Sendable (Language) -> String = { $0 == .es ? "servidor" : "server" }

    package init() {}
}
