/// A property declared with `@Option`, as reflection finds it in an options struct.
protocol DeclaredOption {
    /// True if the option must be given; may be asked only before decoding.
    var isRequired: Bool { get }

    /// Returns the option's description, with its present value as the default.
    func described(as name: String) -> OptionDescription

    /// Returns the value as JSON, if it has one.
    func rendered() -> String?

    /// Returns the value in a form that is equal for equal values, also for secrets; never to be
    /// shown.
    func comparable() -> String

    /// Decodes the value that was written; returns false if something is wrong with it.
    func decode(_ value: ConfigValue, into problems: inout Problems) -> Bool

    /// The location of the value.
    var place: OptionLocation { get }

    /// Returns different values that the option takes, for a check.
    func samples(at location: ConfigLocation) -> [ConfigValue]

    /// Sets a value that nobody has written, for a check.
    func assume(_ value: ConfigValue)

    /// Keeps the default, because an object does not have the key.
    func leaveOut(of object: ConfigLocation)
}
