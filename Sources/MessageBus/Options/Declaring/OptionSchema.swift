/// The shape of an option's value, from which the JSON Schema of the configuration is made.
///
/// It rules out nothing that decoding accepts. A string may also refer to the environment or to a
/// file, which the schema allows for.
public indirect enum OptionSchema: Sendable, Hashable {
    /// Any value: for types that say no more.
    case anything
    /// `null`.
    case null
    /// `true` or `false`.
    case bool
    /// A number within bounds that are numbers in JSON.
    case number(isWhole: Bool, atLeast: String? = nil, above: String? = nil, atMost: String? = nil)
    /// Any string.
    case string
    /// A string that a regular expression of ECMA-262 matches.
    case pattern(String)
    /// One of some strings.
    case choice([String])
    /// One of some strings, in a place where references are not expanded.
    case only([String])
    /// Any string but these.
    case noneOf([String])
    /// A list with at least this many elements.
    case list(of: OptionSchema, atLeast: Int = 0, isUnique: Bool = false)
    /// An object that has these options and no other keys.
    case object([OptionDescription])
    /// An object of values by names, which a regular expression may have to match.
    case map(of: OptionSchema, names: String? = nil)
    /// A value of one of these shapes.
    case either([OptionSchema])
    /// A shape that the schema of the whole file defines under a name.
    case definition(String)
}
