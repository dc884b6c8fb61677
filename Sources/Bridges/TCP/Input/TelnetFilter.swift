import Chat
import Glibc

/// Takes Telnet's negotiation out of what a client sends, wherever it is split (RFC 854, RFC 855).
///
/// Text is UTF-8, which holds no IAC (255); one that no command follows stays and is told of as any
/// other byte that is no text. Commands are not answered, which refuses what they ask for.
struct TelnetFilter {
    private enum State {
        case text
        /// Behind IAC.
        case command
        /// Behind WILL, WON'T, DO or DON'T.
        case option
        case subnegotiation
        /// Behind IAC in a subnegotiation.
        case subnegotiationCommand
    }

    private var state = State.text
    private var subnegotiationBytes = 0

    /// A subnegotiation that is longer is none: what follows is text again.
    private static let longestSubnegotiation = 1_024
    private static let interpretAsCommand: UInt8 = 255

    /// Whether bytes have to go through it: also plain ones do while it is within a command.
    func concerns(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard state == .text, let base = bytes.baseAddress else { return state != .text }
        return memchr(base, Int32(Self.interpretAsCommand), bytes.count) != nil
    }

    /// What is left of the next bytes.
    mutating func text(of bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count + 1)
        for byte in bytes { take(byte, into: &text) }
        return text
    }

    private mutating func take(_ byte: UInt8, into text: inout [UInt8]) {
        switch state {
        case .text:
            if byte == Self.interpretAsCommand { state = .command } else { text.append(byte) }
        case .command: begin(byte, into: &text)
        case .option: state = .text
        case .subnegotiation:
            subnegotiationBytes += 1
            if byte == Self.interpretAsCommand {
                state = .subnegotiationCommand
            } else if subnegotiationBytes > Self.longestSubnegotiation {
                state = .text
            }
        // SE ends it; anything else, 255 for instance, is part of it.
        case .subnegotiationCommand: state = byte == 240 ? .text : .subnegotiation
        }
    }

    /// Takes the byte behind IAC.
    private mutating func begin(_ byte: UInt8, into text: inout [UInt8]) {
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
