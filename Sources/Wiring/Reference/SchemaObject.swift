import MessageBus

/// A JSON object that keeps the order of its members, as a part of a JSON Schema.
struct SchemaObject {
    private var members: [(key: String, json: String)] = []

    /// Makes an empty object, which anything fits.
    init() {}

    /// The text.
    var json: String {
        "{" + members.map { "\($0.key.quoted):\($0.json)" }.joined(separator: ",") + "}"
    }

    /// Sets a member to a JSON text.
    mutating func set(_ key: String, _ json: String) {
        if let index = members.firstIndex(where: { $0.key == key }) {
            members[index].json = json
        } else {
            members.append((key, json))
        }
    }

    /// Returns the object with a member set to a JSON text.
    func setting(_ key: String, _ json: String, atFront: Bool = false) -> SchemaObject {
        var result = self
        if atFront {
            result.members.insert((key, json), at: 0)
        } else {
            result.set(key, json)
        }
        return result
    }

    // MARK: - Shapes

    /// A reference to the environment or to a file, which takes the place of any text.
    private static let reference = #"{"type":"string","pattern":"\\$\\{"}"#

    /// Makes the schema of an option: its shape, its sentence and its default.
    ///
    /// - Parameter schema: another shape; `nil` for its own.
    init(describing option: OptionDescription, as schema: OptionSchema? = nil) {
        self.init(schema ?? option.schema)
        set("description", option.sentence.quoted)
        if option.isSecret {
            set("writeOnly", "true")
        } else if let value = option.defaultValue, value != "null" {
            set("default", value)
        }
    }

    /// Makes the JSON Schema of an option's schema.
    init(_ schema: OptionSchema) {
        switch schema {
        case .anything: break
        case .null: set("type", "null".quoted)
        case .bool: set("type", "boolean".quoted)
        case .number(let isWhole, let atLeast, let above, let atMost):
            set("type", (isWhole ? "integer" : "number").quoted)
            if let atLeast { set("minimum", atLeast) }
            if let above { set("exclusiveMinimum", above) }
            if let atMost { set("maximum", atMost) }
        case .string: set("type", "string".quoted)
        case .pattern(let pattern):
            self = SchemaObject(orReference: #"{"type":"string","pattern":\#(pattern.quoted)}"#)
        case .choice(let names):
            let list = names.map(\.quoted).joined(separator: ",")
            self = SchemaObject(orReference: #"{"enum":[\#(list)]}"#)
        case .only(let names):
            set("enum", "[\(names.map(\.quoted).joined(separator: ","))]")
        case .noneOf(let texts):
            set("type", "string".quoted)
            set("not", #"{"enum":[\#(texts.map(\.quoted).joined(separator: ","))]}"#)
        case .list(let element, let least, let isUnique):
            set("type", "array".quoted)
            set("items", SchemaObject(element).json)
            if least > 0 { set("minItems", "\(least)") }
            if isUnique { set("uniqueItems", "true") }
        case .object(let options): self = .of(options)
        case .map(let element, let names):
            set("type", "object".quoted)
            if let names { set("propertyNames", #"{"pattern":\#(names.quoted)}"#) }
            set("additionalProperties", SchemaObject(element).json)
        case .either(let schemas):
            let list = schemas.map { SchemaObject($0).json }.joined(separator: ",")
            set("anyOf", "[\(list)]")
        case .definition(let name): set("$ref", "#/$defs/\(name)".quoted)
        }
    }

    /// Makes the schema of a string that may also be a reference.
    private init(orReference json: String) {
        set("anyOf", "[\(json),\(Self.reference)]")
    }

    /// Returns the schema of an object that has these options and no other keys.
    static func of(_ options: [OptionDescription]) -> SchemaObject {
        var properties = SchemaObject()
        for option in options {
            properties.set(option.name, SchemaObject(describing: option).json)
        }
        let required = options.filter { $0.defaultValue == nil }.map(\.name.quoted)
        var object = SchemaObject()
        object.set("type", "object".quoted)
        object.set("properties", properties.json)
        if !required.isEmpty { object.set("required", "[\(required.joined(separator: ","))]") }
        object.set("additionalProperties", "false")
        return object
    }
}
