/// A check that is made of a program, with its name.
struct ConformanceCheck: Sendable {
    let name: String
    let body: @Sendable (Conformance) async throws -> Void

    init(_ name: String, _ body: @escaping @Sendable (Conformance) async throws -> Void) {
        self.name = name
        self.body = body
    }
}
