/// The rules by which names from outside are made harmless and compared.
///
/// The daemon gives the bus the chat's rules; the plain ones here are for tests.
package struct NamePolicy: Sendable {
    /// Returns the form in which two names are compared.
    package var fold: @Sendable (String) -> String = { $0.lowercased() }
    /// Returns a name from outside without anything that could forge a line.
    package var clean: @Sendable (String) -> String = { $0 }
    /// Returns a name for somebody who has to give one up, given how many were tried before.
    package var displaced: @Sendable (_ name: String, _ tried: Int) -> String = { name, tried in
        tried == 0 ? "\(name)~" : "\(name)~\(tried + 1)~"
    }
    /// The name under which the bus itself speaks.
    package var server: @Sendable (Language) -> String = { $0 == .es ? "servidor" : "server" }

    package init() {}
}
