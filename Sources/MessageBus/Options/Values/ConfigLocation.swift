/// A location in the configuration: a position, and the path that leads there.
public struct ConfigLocation: Sendable, Hashable {
    /// The position at which it begins.
    public let position: TextPosition
    /// The path, such as `bridges[0].listen`; empty for the whole file.
    public let path: String
    /// The nearest key on the way, `rules` for `middleware[2].rules[0]`; empty for the whole file.
    public let key: String

    /// Makes the location of the whole file, which begins at a position.
    public init(root position: TextPosition) {
        self.init(position: position, path: "", key: "")
    }

    private init(position: TextPosition, path: String, key: String) {
        self.position = position
        self.path = path
        self.key = key
    }

    /// Returns the location of a member of this object.
    public func member(_ key: String, at position: TextPosition) -> ConfigLocation {
        let step: String
        if !isPlain(key) {
            // The path of each value inside begins with it: a key of a megabyte is cut.
            step = "\(path)[\(key.shortened(to: 60).quoted)]"
        } else {
            step = path.isEmpty ? key : "\(path).\(key)"
        }
        return ConfigLocation(position: position, path: step, key: key)
    }

    /// Returns the location of an element of this list.
    public func element(_ index: Int, at position: TextPosition) -> ConfigLocation {
        ConfigLocation(position: position, path: "\(path)[\(index)]", key: key)
    }

    /// Returns whether a key reads well after a dot.
    private func isPlain(_ key: String) -> Bool {
        guard key.utf8.count <= 60, let first = key.utf8.first, !(0x30...0x39).contains(first),
            first != 0x2D
        else {
            return false
        }
        return key.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2D: true
            default: false
            }
        }
    }
}
