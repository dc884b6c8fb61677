/// What an options struct finds in its properties by reflection.
protocol DeclaredOption {
    /// Tells whether the option must be given. Only before decoding.
    var isRequired: Bool { get }

    /// Describes the option, with the value it has as its default.
    func described(as name: String) -> OptionDescription

    /// The value as JSON, if it has one.
    func rendered() -> String?

    /// Takes the value that was written; false if something is wrong with it.
    func decode(_ value: ConfigValue, into problems: inout Problems) -> Bool

    /// Keeps the default, of an object that doesn't have the key.
    func leaveOut(of object: ConfigLocation)
}
