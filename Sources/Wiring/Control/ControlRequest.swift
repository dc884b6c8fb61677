import JSON
import MessageBus

/// A request of a command line to the running daemon: one line of JSON.
///
/// `{"version":"0.1.0","command":"reload","arguments":{"plan":true}}`
package struct ControlRequest: Sendable, Equatable {
    /// The most bytes of a request, without its ending.
    static let maxLineBytes = 64 << 10

    /// The version of the program that asks.
    package let version: String
    /// The name of the command.
    package let command: String
    /// The arguments of the request; an object.
    package let arguments: JSON

    /// Makes a request of this program.
    package init(_ command: String, _ arguments: [String: JSON] = [:]) {
        version = Version.current
        self.command = command
        self.arguments = .object(arguments)
    }

    /// Reads a line; `nil` if it is not a request.
    init?(_ line: [UInt8]) {
        guard let value = JSONReader.read(line), let version = value["version"].string,
            let command = value["command"].string
        else { return nil }
        self.version = version
        self.command = command
        arguments = value["arguments"]
    }

    /// The line, with its ending.
    var line: [UInt8] {
        JSON.object([
            "version": .text(version), "command": .text(command), "arguments": arguments,
        ]).encoded + [UInt8(ascii: "\n")]
    }
}
