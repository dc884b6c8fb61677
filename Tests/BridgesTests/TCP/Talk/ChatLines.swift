/// Questions of tests about lines.
enum ChatLines {
    /// Returns the number in a `[skipped]` answer; `nil` for any other line.
    static func skipped(_ line: String) -> Int? {
        for server in ["servidor", "server"] where line.hasPrefix("\(server): [skipped] ") {
            return Int(line.dropFirst("\(server): [skipped] ".count))
        }
        return nil
    }
}
