import Accounts
import Chat
import MessageBus
import Sockets
import Store
import Wiring

/// The commands `user`, `token` and `ban`, which change the store's file, even while a daemon runs.
struct AccountCommands {
    let file: String
    /// The parts of the configuration that are needed: the store's path, and the names of bridges.
    let location: StoreLocation
    let store: SQLiteAccountStore

    /// A refusal: a sentence and a status.
    struct Refusal: Error {
        let status: CommandStatus
        let sentence: String

        /// Nothing has that name.
        static func unknown(_ sentence: String) -> Refusal {
            Refusal(status: .negative, sentence: sentence)
        }
        /// The command makes no sense as written.
        static func usage(_ sentence: String) -> Refusal {
            Refusal(status: .usage, sentence: sentence)
        }
        /// The command can't be carried out.
        static func impossible(_ sentence: String) -> Refusal {
            Refusal(status: .unavailable, sentence: sentence)
        }
    }

    /// Runs a command.
    ///
    /// - Parameter file: the configuration that says where the store is.
    static func run(_ command: AccountCommand, _ file: String) async -> CommandStatus {
        await CommandStatus.reportingErrors {
            do {
                try open(file, createsFile: command.createsFile).run(command)
                return .success
            } catch let refusal as Refusal {
                Terminal.printError("puente: \(refusal.sentence)")
                return refusal.status
            } catch let failure as PasswordInput.Failure {
                Terminal.printError("puente: \(failure.sentence)")
                return .usage
            }
        }
    }

    private static func open(_ file: String, createsFile: Bool) throws -> AccountCommands {
        let location = try StoreLocation.read(file)
        guard let path = location.path else {
            throw Refusal.impossible(
                "\(file): \"store\" is null: accounts, tokens and bans end with the daemon, and "
                    + "only chat commands reach them")
        }
        try Privileges.become(ownerOf: path)
        return AccountCommands(
            file: file, location: location,
            store: try SQLiteAccountStore.open(path, createsFile: createsFile))
    }

    private func run(_ command: AccountCommand) throws {
        defer { store.close() }
        switch command {
        case .listUsers: try listUsers()
        case .addUser(let name, let role): try addUser(name, role)
        case .renameUser(let name, let other): try renameUser(name, to: other)
        case .removeUser(let name, let frees): try removeUser(name, frees: frees)
        case .setPassword(let name): try setPassword(of: name)
        case .setRole(let name, let role): try setRole(role, of: name)
        case .listTokens: try listTokens()
        case .addToken(let name, let room, let isReadOnly):
            try addToken(name, room: room, isReadOnly: isReadOnly)
        case .removeToken(let name): try removeToken(name)
        case .listBans: try listBans()
        case .addBan(let subject, let duration, let reason):
            try addBan(subject, duration, reason: reason)
        case .removeBan(let subject): try removeBan(subject)
        }
    }

    // MARK: - Shared by the commands

    /// The present moment.
    var now: Timestamp { SystemClock().wall() }

    /// Returns a name that somebody may choose.
    func chosen(_ text: String) throws -> Name {
        do throws(NameProblem) {
            return try Name(text)
        } catch {
            throw Refusal.usage(
                "\(text.quoted) can't be a name: \(Phrases(.en).badName(error))")
        }
    }

    /// Returns the account with a name, in any spelling.
    func account(_ name: String) throws -> Account {
        guard let found = try store.credentials(ofName: NameFolding.key(name)) else {
            throw Refusal.unknown("there is no account \(name.quoted)")
        }
        return found.account
    }

    /// Refuses a name for a token or a relay if a bridge, a token or a relay has it: such a name is
    /// shown in parentheses behind the names of people.
    func refuseTaken(_ key: String, shown name: String) throws {
        let bridges = location.bridgeNames.map { NameFolding.key($0) }
        if bridges.contains(key) {
            throw Refusal.impossible("\(name.quoted) is the name of a bridge in \(file)")
        }
        if location.tokenNames.contains(where: { NameFolding.key($0) == key }) {
            throw Refusal.impossible("\(name.quoted) is the name of a token in \(file)")
        }
        if try store.tokens().contains(where: { $0.key == key }) {
            throw Refusal.impossible("\(name.quoted) is the name of a token")
        }
        if try store.credentials(ofName: key)?.account.role == .relay {
            throw Refusal.impossible("\(name.quoted) is the name of a relay account")
        }
    }

    /// Returns the day of a moment, in UTC: `2026-07-30`.
    static func day(_ time: Timestamp) -> String { String(time.inUTC.prefix(10)) }
}

extension AccountCommand {
    /// True if the command makes a missing file.
    fileprivate var createsFile: Bool {
        switch self {
        case .addUser, .addToken, .addBan: true
        default: false
        }
    }
}
