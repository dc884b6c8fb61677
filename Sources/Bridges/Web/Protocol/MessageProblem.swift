/// The reason why a client's message is not valid in the protocol: code `bad-arguments`.
struct MessageProblem: Error, Equatable {
    /// The kinds of problems.
    enum Kind: Equatable {
        /// The frame is not a JSON object.
        case notObject
        /// There is no `type`, or an unknown one.
        case unknownType
        /// A field that is needed is missing.
        case missing(field: String)
        /// A field is of another type, or out of bounds.
        case wrong(field: String, expected: Expectation)
    }

    /// The value that a field should have.
    enum Expectation: Equatable {
        case text, number, truth, object
        /// A text of so many characters.
        case length(ClosedRange<Int>)
        /// A session: 22 to 128 letters, digits, `-` and `_`.
        case session
        /// A whole number within bounds.
        case range(ClosedRange<Int>)
        /// The name of a language.
        case language
        /// Either `room` or `with`, and not both.
        case roomOrPerson
    }

    let kind: Kind
    /// The type that the message has, if it has one.
    var type: ClientMessageType?
    /// The id that the message has, to answer it by.
    var id: String?
}
