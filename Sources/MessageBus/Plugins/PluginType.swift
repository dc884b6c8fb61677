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

    /// True for a bridge whose connections are people of this bus, with plain names.
    package let hostsPeople: Bool

    /// A plug-in that can be made, and the values of its options.
    package struct Prepared: Sendable {
        /// Makes it.
        package let make: Make
        /// The values, for comparing them with those of another entry.
        package let values: DecodedValues
    }

    private let prepareOptions:
        @Sendable (ConfigValue, [String], (String) -> String?, inout Problems) -> Prepared?

    private let renderOptions: @Sendable (ConfigValue, [String]) -> String?

    init<Options: PluginOptions>(
        name: String, about: String, hostsPeople: Bool = false, _ type: Options.Type,
        _ make: @escaping @Sendable (Options, Context) throws -> Plugin
    ) {
        self.name = name
        self.about = about
        self.hostsPeople = hostsPeople
        self.options = Options.options
        prepareOptions = { object, common, elsewhere, problems in
            let decoded = Options.decode(
                object, owner: name, beside: common, elsewhere: elsewhere, into: &problems)
            guard let options = decoded else { return nil }
            return Prepared(
                make: { context in try make(options, context) }, values: options.decodedValues)
        }
        renderOptions = { object, common in
            var quiet = Problems()
            return Options.decode(object, owner: name, beside: common, into: &quiet)?.rendered
        }
    }

    /// Returns the options of a valid entry as JSON, also those that are left out, without secrets.
    ///
    /// Two entries that mean the same have the same text.
    ///
    /// - Parameter common: the keys that are decoded elsewhere.
    package func rendered(_ object: ConfigValue, beside common: [String]) -> String? {
        renderOptions(object, common)
    }

    /// Decodes and validates the options of an entry, whose common keys are decoded elsewhere.
    ///
    /// - Parameter elsewhere: returns where a key that is unknown here belongs.
    package func prepare(
        _ object: ConfigValue, beside common: [String],
        elsewhere: (String) -> String? = { _ in nil }, into problems: inout Problems
    ) -> Prepared? {
        prepareOptions(object, common, elsewhere, &problems)
    }
}
