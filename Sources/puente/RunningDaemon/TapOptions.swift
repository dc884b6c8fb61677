import MessageBus
import Patterns

/// The options of `tap`.
struct TapOptions: Equatable {
    /// The room; `nil` for all rooms.
    var room: String?
    /// The bridge; `nil` for all.
    var bridge: String?
    /// The judgements that are shown.
    var verdict = TapFilter.Judgements.all
    /// A regular expression that a text must match to be shown.
    var pattern: String?
    var isJSON = false

    /// Consumes the options of a command line.
    init(_ arguments: inout Arguments) throws(UsageError) {
        room = arguments.removeValue(.room)
        bridge = arguments.removeValue(.bridge)
        if let word = arguments.removeValue(.verdict) {
            guard let verdict = TapFilter.Judgements(rawValue: word) else {
                let names = TapFilter.Judgements.allCases.map(\.rawValue).joined(separator: ", ")
                throw .badValue("--verdict", expected: "one of \(names)", found: word)
            }
            self.verdict = verdict
        }
        pattern = arguments.removeValue(.where)
        if let pattern {
            do throws(PatternError) {
                _ = try Pattern(pattern)
            } catch {
                throw .sentence("--where: expected a regular expression: \(error)")
            }
        }
        isJSON = arguments.removeFlag(.json)
    }
}
