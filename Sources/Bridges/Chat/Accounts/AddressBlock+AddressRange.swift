import MessageBus
import Sockets

extension AddressBlock {
    /// Returns true if the block and a range have addresses in common; only the first half of an
    /// IPv6 address is compared.
    package func overlaps(_ range: AddressRange) -> Bool {
        let width = family == .ipv4 ? 32 : 64
        guard family != .local, range.bytes.count == (family == .ipv4 ? 4 : 16) else {
            return false
        }
        let first = range.bytes.prefix(width / 8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let common = min(prefix, range.prefix)
        let shift = UInt64(width - common)
        return common == 0 || first >> shift == bits >> shift
    }
}
