import Chat
import Glibc

/// The system's name for the user that this process acts for.
enum LoginName {
    /// The name, or `nil` for a user without one, as in many containers.
    ///
    /// Asks the user database, which may take a moment.
    static var current: String? { ofUser(geteuid()) ?? ofEnvironment }

    static func ofUser(_ user: uid_t) -> String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16 << 10) { buffer in
            var entry = passwd()
            var found: UnsafeMutablePointer<passwd>?
            guard let start = buffer.baseAddress else { return nil }
            let code = getpwuid_r(user, &entry, start, buffer.count, &found)
            guard code == 0, found != nil, let name = entry.pw_name else { return nil }
            return String(cString: name).nonEmpty
        }
    }

    private static var ofEnvironment: String? {
        getenv("USER").flatMap { String(cString: $0).nonEmpty }
    }
}

extension String {
    fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}
