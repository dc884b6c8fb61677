/// A type of middleware or bridge: its name, its options, and a function that makes one.
package struct PluginType<Plugin: Sendable>: Sendable {
    /// Makes the plug-in, without I/O.
    package typealias Make = @Sendable (Context) throws -> Plugin

    /// The value of `type` that names it.
    package let name: String
    /// The sentence that describes it.
    package let about: String
    /// Its own options, in the order of their declaration.
    package let options: [OptionDescription]

    private let prepareOptions:
        @Sendable (ConfigValue, [String], (String) -> String?, inout Problems) -> Make?

    init<Options: PluginOptions>(
        name: String, about: String, _ type: Options.Type,
        _ make: @escaping @Sendable (Options, Context) throws -> Plugin
    ) {
        self.name = name
        self.about = about
        self.options = Options.options
        prepareOptions = { object, common, elsewhere, problems in
            let decoded = Options.decode(
                object, owner: name, beside: common, elsewhere: elsewhere, into: &problems)
            guard let options = decoded else { return nil }
            return { context in try make(options, context) }
        }
    }

    /// Decodes and validates the options of an entry, whose common keys are decoded elsewhere.
    ///
    /// - Parameter elsewhere: returns where a key that is unknown here belongs.
    package func prepare(
        _ object: ConfigValue, beside common: [String],
        elsewhere: (String) -> String? = { _ in nil }, into problems: inout Problems
    ) -> Make? {
        prepareOptions(object, common, elsewhere, &problems)
    }
}
