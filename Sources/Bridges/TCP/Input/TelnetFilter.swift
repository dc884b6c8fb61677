import Sockets

/// A filter that removes Telnet's negotiation from a client's bytes, wherever they are split (RFC
/// 854, RFC 855).
///
/// UTF-8 never has the byte IAC (255). An IAC that no command follows stays, and is refused like
/// any other byte that is not text. Commands are not answered, which refuses their requests.
/// Owned by `ClientFraming`; confined to the bus's loop.
struct TelnetFilter {
    private enum State {
        case text
        /// After IAC.
        case command
        /// After WILL, WON'T, DO or DON'T.
        case option
        case subnegotiation
        /// After IAC in a subnegotiation.
        case subnegotiationCommand
    }

    private var state = State.text
    private var subnegotiationBytes = 0

    /// The most bytes of a subnegotiation; after more than that, text is assumed again.
    private static let maxSubnegotiationBytes = 1_024
    private static let interpretAsCommand: UInt8 = 255

    /// Returns whether bytes must be filtered: they hold an IAC, or continue a command.
    @safe func mustFilter(_ bytes: UnsafeRawBufferPointer) -> Bool {
        state != .text || bytes.offset(of: Self.interpretAsCommand) != nil
    }

    /// Returns the text in the next bytes.
    @safe mutating func text(of bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count + 1)
        for index in 0..<bytes.count { unsafe filter(bytes[index], into: &text) }
        return text
    }

    private mutating func filter(_ byte: UInt8, into text: inout [UInt8]) {
        switch state {
        case .text:
            if byte == Self.interpretAsCommand { state = .command } else { text.append(byte) }
        case .command: readCommand(byte, into: &text)
        case .option: state = .text
        case .subnegotiation:
            subnegotiationBytes += 1
            if byte == Self.interpretAsCommand {
                state = .subnegotiationCommand
            } else if subnegotiationBytes > Self.maxSubnegotiationBytes {
                state = .text
            }
        // SE ends it; any other byte, 255 for instance, is part of it.
        case .subnegotiationCommand: state = byte == 240 ? .text : .subnegotiation
        }
    }

    /// Reads the byte after IAC.
    private mutating func readCommand(_ byte: UInt8, into text: inout [UInt8]) {
        switch byte {
        case 250:
            state = .subnegotiation
            subnegotiationBytes = 0
        case 251...254: state = .option
        // From EOF (RFC 1184) to Go Ahead.
        case 236...249: state = .text
        // A byte 255 of the text itself.
        case Self.interpretAsCommand:
            state = .text
            text.append(byte)
        default:
            state = .text
            text.append(Self.interpretAsCommand)
            text.append(byte)
        }
    }
}
