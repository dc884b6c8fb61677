/// The messages that a tap is about.
package struct TapFilter: Sendable {
    /// The judgements that are shown.
    package enum Judgements: String, Sendable, CaseIterable {
        case passed, dropped, all
    }

    /// The room; `nil` for all rooms.
    package var room: String?
    /// The bridge that brings messages in; `nil` for all.
    package var bridge: String?
    /// The judgements that are shown.
    package var judgements = Judgements.all

    /// Makes a filter that everything passes.
    package init() {}

    /// Returns true if messages with this judgement are shown.
    func shows(isDropped: Bool) -> Bool {
        switch judgements {
        case .all: true
        case .passed: !isDropped
        case .dropped: isDropped
        }
    }
}
