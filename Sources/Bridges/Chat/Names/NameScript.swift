/// The scripts whose letters look alike; a name has letters of one of them only.
enum NameScript {
    case latin, greek, cyrillic

    /// Returns whether a name in compatibility form has letters of more than one of them.
    static func areMixed(in compatible: String) -> Bool {
        var found: NameScript?
        for scalar in compatible.unicodeScalars {
            guard let script = NameScript(scalar) else { continue }
            if let found, found != script { return true }
            found = script
        }
        return false
    }

    /// Makes the script of a letter (Unicode's Scripts.txt; letters that NFKC replaces are not in a
    /// compatibility form, and some of them are missing here).
    init?(_ scalar: Unicode.Scalar) {
        switch scalar.value {
        case 0x41...0x5A, 0x61...0x7A, 0xAA, 0xBA, 0xC0...0xD6, 0xD8...0xF6, 0xF8...0x2B8,
            0x2E0...0x2E4, 0x1D00...0x1D25, 0x1D2C...0x1D5C, 0x1D62...0x1D65, 0x1D6B...0x1D77,
            0x1D79...0x1DBE, 0x1E00...0x1EFF, 0x2132, 0x214E, 0x2184, 0x2C60...0x2C7F,
            0xA722...0xA787, 0xA78B...0xA7FF, 0xAB30...0xAB5A, 0xAB5C...0xAB64, 0xAB66...0xAB68,
            0x10780...0x107BA, 0x1DF00...0x1DF2A:
            self = .latin
        case 0x370...0x373, 0x376...0x377, 0x37B...0x37D, 0x37F, 0x386, 0x388...0x3E1,
            0x3F0...0x3FF, 0x1D26...0x1D2A, 0x1F00...0x1FFF, 0xAB65:
            self = .greek
        case 0x400...0x481, 0x48A...0x52F, 0x1C80...0x1C8A, 0x1D2B, 0x1D78, 0xA640...0xA66E,
            0xA67F...0xA69D, 0x1E030...0x1E06D:
            self = .cyrillic
        default: return nil
        }
    }
}
