/// The options of an entry whose values are not known: they are missing or wrong, or another key
/// was probably meant for them.
///
/// Mistakes in the rest of the entry are reported all the same, so that people need not try again
/// to hear of them: the entry is checked with several values in their place, and a problem that all
/// of them have does not depend on them.
struct DoubtfulOptions {
    private let options: [(name: String, option: any DeclaredOption)]

    /// The number of values that are tried.
    private static let tries = 3

    /// Makes a group of options.
    init(_ options: [(name: String, option: any DeclaredOption)]) { self.options = options }

    /// Reports the problems that exist whatever the values of these options are.
    ///
    /// - Parameters:
    ///   - location: the location of the object.
    ///   - validate: checks the object.
    func report(
        at location: ConfigLocation, into problems: inout Problems,
        _ validate: (inout OptionCheck) -> Void
    ) {
        // A place that nothing else has, so that reports about these options can be told apart.
        let nowhere = location.member("?", at: location.position)
        var candidates: [[ConfigValue]] = []
        for (_, option) in options {
            let values = option.samples(at: nowhere)
            guard values.count > 1 else { return }
            candidates.append(values)
        }
        let places = Set(options.map { $0.option.place }.filter(\.isSet).map(\.location.path))
        var certain: [Problem]?
        for index in 0..<Self.tries {
            for ((_, option), values) in zip(options, candidates) {
                option.assume(values[index % values.count])
            }
            var check = OptionCheck(object: location, problems: problems.cleared)
            validate(&check)
            let found = check.problems.sorted + check.problems.sortedWarnings
            certain = certain?.filter(found.contains) ?? found
        }
        for problem in certain ?? []
        where !problem.path.hasPrefix(nowhere.path) && !places.contains(problem.path) {
            problems.add(problem)
        }
    }
}
