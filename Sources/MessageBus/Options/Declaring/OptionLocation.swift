/// The location of an option in the file, without its value.
public struct OptionLocation: Sendable {
    /// True if the option was written; if not, its value is the default.
    public let isSet: Bool
    /// The location of the value; of the object, if the option was not written.
    public let location: ConfigLocation
    /// The locations of a list's elements, in order.
    public let elements: [ConfigLocation]

    /// The text in the file that stands for a value out of the environment or a file.
    private let reference: String?
    private let keys: [String: ConfigLocation]
    private let values: [String: ConfigLocation]

    init(of value: ConfigValue) {
        isSet = true
        location = value.location
        reference = value.shownAs
        elements = value.elements.map(\.location)
        let members = value.members
        keys = Dictionary(members.map { ($0.key, $0.keyLocation) }) { first, _ in first }
        values = Dictionary(members.map { ($0.key, $0.value.location) }) { first, _ in first }
    }

    init(notIn object: ConfigLocation) {
        isSet = false
        location = object
        reference = nil
        elements = []
        keys = [:]
        values = [:]
    }

    /// True if the value came out of the environment or another file: it is not to be shown.
    package var isReference: Bool { reference != nil }

    /// Returns the value for a sentence of one's own: as it is given, or, if it came out of the
    /// environment or another file, as it stands in this one.
    ///
    /// Not for secrets.
    public func found(_ value: String) -> String {
        reference.map { $0.shortened(to: 60).quoted } ?? value
    }

    /// The location of a list's element; of the list, if there is no such element.
    public subscript(index: Int) -> ConfigLocation {
        elements.indices.contains(index) ? elements[index] : location
    }

    /// The location of an object's value; of the object, if there is no such key.
    public subscript(key: String) -> ConfigLocation { values[key] ?? location }

    /// Returns the location of an object's key; of the object, if there is no such key.
    public func key(_ key: String) -> ConfigLocation { keys[key] ?? location }
}
