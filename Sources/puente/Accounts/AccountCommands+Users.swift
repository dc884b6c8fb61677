import Accounts
import Chat
import MessageBus
import Store

extension AccountCommands {
    /// Lists the accounts: role, day and name, by name.
    func listUsers() throws {
        let accounts = try store.accounts()
        let width = Role.allCases.map(\.rawValue.count).max() ?? 0
        for (account, created) in accounts {
            let role = account.role.rawValue
            let padding = String(repeating: " ", count: width - role.count)
            Terminal.printLine("\(role)\(padding)  \(Self.day(created))  \(account.name)")
        }
    }

    /// Adds an account, and asks for its password.
    func addUser(_ text: String, _ role: Role) throws {
        let name = try chosen(text)
        if role == .relay { try refuseTaken(name.key, shown: name.text) }
        // Checked before the password is asked for: nobody should type one in vain.
        switch try store.availability(of: name.key) {
        case .nameIsRegistered?: throw Self.registered(name.text)
        case .nameIsReserved?: throw Self.reserved(name.text)
        case .created?, nil: break
        }
        let password = try hashed(PasswordInput.read(for: name.text))
        switch try store.create(name.text, key: name.key, role: role, password: password, at: now)
        {
        case .created: Terminal.printLine("\(name.text): account created, \(role.rawValue)")
        case .nameIsRegistered: throw Self.registered(name.text)
        case .nameIsReserved: throw Self.reserved(name.text)
        }
    }

    private static func registered(_ name: String) -> Refusal {
        .impossible("there is an account \(name.quoted) already")
    }

    private static func reserved(_ name: String) -> Refusal {
        .impossible(
            "\(name.quoted) was the name of another account and is kept from others as long as the "
                + "history; \"puente user remove --free\" frees it")
    }

    private func hashed(_ password: Password) throws -> String {
        guard let hash = PasswordHashing.argon2id.hash(password) else {
            throw Refusal.impossible("there is no memory to hash a password: 19 MiB are needed")
        }
        return hash
    }

    /// Gives an account another name; the old one stays reserved for it.
    func renameUser(_ old: String, to text: String) throws {
        let account = try account(old)
        let name = try chosen(text)
        if account.role == .relay, name.key != account.key {
            try refuseTaken(name.key, shown: name.text)
        }
        switch try store.rename(account.id, to: name.text, key: name.key, at: now) {
        case .renamed: Terminal.printLine("\(account.name) is \(name.text) now")
        case .unknown: throw Refusal.unknown("there is no account \(old.quoted)")
        case .nameIsRegistered: throw Self.registered(name.text)
        case .nameIsReserved: throw Self.reserved(name.text)
        }
    }

    /// Removes an account; its name stays reserved, unless it is freed.
    func removeUser(_ name: String, frees: Bool) throws {
        let key = NameFolding.key(name)
        let found = try store.credentials(ofName: key)?.account
        let isRemoved = try found.map { try store.remove($0.id, at: now) } ?? false
        let isFreed = frees ? try store.free(key) : false
        guard isRemoved || isFreed else {
            throw Refusal.unknown(
                frees
                    ? "there is no account \(name.quoted), and nobody is kept from the name"
                    : "there is no account \(name.quoted)")
        }
        let shown = found?.name ?? name
        Terminal.printLine(
            isRemoved
                ? "\(shown): account removed\(isFreed ? ", anybody may have the name" : "")"
                : "\(shown): anybody may have the name")
    }

    /// Asks for a password and sets it; anybody logged in with the old one has to log in again.
    func setPassword(of name: String) throws {
        let account = try account(name)
        let password = try hashed(PasswordInput.read(for: account.name))
        guard try store.setPassword(password, of: account.id) else {
            throw Refusal.unknown("there is no account \(name.quoted)")
        }
        Terminal.printLine("the password of \(account.name) is changed")
    }

    /// Sets a role.
    func setRole(_ role: Role, of name: String) throws {
        let account = try account(name)
        if role == .relay, account.role != .relay {
            try refuseTaken(account.key, shown: account.name)
        }
        guard try store.setRole(role, of: account.id, keepsAnAdmin: false) == .done else {
            throw Refusal.unknown("there is no account \(name.quoted)")
        }
        Terminal.printLine("\(account.name) is \(role.rawValue) now")
    }
}
