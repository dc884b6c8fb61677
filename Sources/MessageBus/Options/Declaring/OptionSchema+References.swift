// References to the environment and to files, which give strings.
extension OptionSchema {
    /// True if at least one string fits, as far as the shape tells.
    var takesStrings: Bool {
        switch self {
        case .anything, .string, .pattern, .choice, .only, .noneOf, .definition: true
        case .null, .bool, .number, .list, .object, .map: false
        case .either(let shapes): shapes.contains(where: \.takesStrings)
        }
    }

    /// The advice for somebody who has written a reference where no string fits; `nil` if none fits
    /// in a few words.
    var remedyForReference: String? {
        switch self {
        case .bool: "write true or false here"
        case .number: "write the number here"
        case .list(let element, _, _) where element.takesStrings: "put [ ] around it"
        case .either(let shapes): shapes.lazy.compactMap(\.remedyForReference).first
        default: nil
        }
    }
}
