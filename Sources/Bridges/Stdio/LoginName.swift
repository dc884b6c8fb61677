import Chat
import Glibc

/// The system's name for the user that this process acts for.
enum LoginName {
    /// The name, or `nil` for a user without one, as in many containers.
    ///
    /// Asks the user database, which may take a moment.
    static var current: String? { ofUser(geteuid()) ?? ofEnvironment }

    static func ofUser(_ user: uid_t) -> String? {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16 << 10) { buffer in
            var entry = unsafe passwd()
            var found: UnsafeMutablePointer<passwd>?
            guard let start = buffer.baseAddress else { return nil }
            let code = unsafe getpwuid_r(user, &entry, start, buffer.count, &found)
            guard code == 0, unsafe found != nil, let name = unsafe entry.pw_name else {
                return nil
            }
            return unsafe String(cString: name).nonEmpty
        }
    }

    private static var ofEnvironment: String? {
        unsafe getenv("USER").flatMap { unsafe String(cString: $0).nonEmpty }
    }
}

extension String {
    fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}
