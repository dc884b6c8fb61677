import Accounts
import MessageBus
import Sockets

/// The part of a reload that can fail and changes nothing: everything is read, decoded, checked,
/// made, and compared with what runs.
struct ReloadPreparation: Sendable {
    /// A configuration that could be used.
    struct Prepared: Sendable {
        let made: MadeConfiguration
        let plan: ReloadPlan
        /// Files of bridges that go on, read anew.
        let refreshes: [BridgeRefresh]
        /// The files that middlewares append to.
        let stage: LogFiles.Stage
        let warnings: [String]
    }

    private let source: ConfigurationSource
    private let assembly: Assembly
    private let present: Configuration
    private let running: [String: RunningBridge]

    init(
        _ source: ConfigurationSource, _ assembly: Assembly, _ present: Configuration,
        _ running: [String: RunningBridge]
    ) {
        (self.source, self.assembly) = (source, assembly)
        (self.present, self.running) = (present, running)
    }

    /// Reads the file and makes all that is in it.
    ///
    /// - Throws: `ConfigurationReport` with the problems of the file; `ReloadRefusal`.
    func prepare() async throws -> Prepared {
        let stage = assembly.files.stage()
        // On a thread of its own: a file system may hang, and a factory may compute for long.
        let made = try await DedicatedThread.run(named: "reload") { [source, assembly] in
            Result { () throws(ConfigurationReport) in
                try assembly.make(try source.read(), files: stage)
            }
        }.get()
        let bridges = Dictionary(made.bridges.map { ($0.entry.name, $0) }) { first, _ in first }
        var plan = try ReloadPlan(from: present, to: made.configuration) { entry in
            (bridges[entry.name]?.bridge as? any AdjustableBridge)
                .map { type(of: $0).adjustableOptions } ?? []
        } sharesAllRooms: { entry in
            (bridges[entry.name]?.bridge as? any FleetBridge)?.sharesAllRooms ?? false
        }
        let (refreshes, lines) = try await readAnew(plan, bridges)
        plan.addRenewals(lines)
        switch stage.keptCount {
        case 0: break
        case 1: plan.addRenewals(["1 file of log is opened anew"])
        case let count: plan.addRenewals(["\(count) files of log are opened anew"])
        }
        return Prepared(
            made: made, plan: plan, refreshes: refreshes, stage: stage,
            warnings: ConfigurationReport(warningsOf: made.configuration).lines)
    }

    /// Reads certificates and similar files: those of bridges that go on, to use them; those of
    /// other bridges, to find out whether they are usable.
    private func readAnew(
        _ plan: ReloadPlan, _ made: [String: EntryMaker.MadeBridge]
    ) async throws -> ([BridgeRefresh], [String]) {
        var (refreshes, lines): ([BridgeRefresh], [String]) = ([], [])
        for difference in plan.bridges where difference.kind != .isRemoved {
            let bridge =
                difference.kind == .stays
                ? running[difference.name]?.supervised.bridge : made[difference.name]?.bridge
            do {
                guard let refreshable = bridge as? any RefreshableBridge,
                    let refresh = try await refreshable.readAnew(), difference.kind == .stays
                else { continue }
                refreshes.append(refresh)
                lines.append("bridge \(difference.name): \(refresh.subject) is read anew")
            } catch {
                throw ReloadRefusal("bridge \(difference.name): \(error)", .problem)
            }
        }
        return (refreshes, lines)
    }

    /// Opens all files and binds all addresses that the new configuration needs.
    ///
    /// - Returns: what keeps the addresses open until the exchange is done; also those of bridges
    ///   that are stopped, which may have to be started again.
    /// - Throws: `ReloadRefusal` if one of them can't be opened or bound.
    func reserve(
        _ prepared: Prepared
    ) async throws(ReloadRefusal) -> [ListeningSockets.Reservation] {
        do {
            let (accounts, stage) = (assembly.accounts, prepared.stage)
            let keys = assembly.bridgeKeys(of: prepared.made.configuration)
            try await assembly.bus.perform { _ in try accounts.checkNames(of: keys) }
            try await DedicatedThread.run(named: "reload") { Result { try stage.open() } }.get()
            let sockets = assembly.loop.listeningSockets
            let requests = try await requests(prepared)
            // A bridge that goes on need not listen: it may have ended, or wait before it tries
            // again; then nothing changes for it, whoever has its address by now.
            let staying = requests.staying.reduce(into: [ListenRequest]()) { found, request in
                if (try? sockets.reserve(found + [request])) != nil { found.append(request) }
            }
            let wanted = try sockets.reserve(staying + requests.needed)
            let present = await presentRequests().compactMap { try? sockets.reserve([$0]) }
            return [wanted] + present
        } catch {
            throw ReloadRefusal("\(error)")
        }
    }

    /// Returns what the running bridges listen on, as far as that can be told.
    private func presentRequests() async -> [ListenRequest] {
        var requests: [ListenRequest] = []
        if let status = try? await StatusService.listenRequest(of: present) {
            requests.append(status)
        }
        for bridge in running.values {
            guard let requester = bridge.supervised.bridge as? any ListenRequester,
                let wanted = try? await requester.listenRequests()
            else { continue }
            requests += wanted
        }
        return requests
    }

    /// Returns the addresses of the new configuration: those of bridges that go on, and those that
    /// it needs besides.
    private func requests(
        _ prepared: Prepared
    ) async throws -> (staying: [ListenRequest], needed: [ListenRequest]) {
        // Bridges that go on get their sockets before anything new takes them: one with port 0 may
        // have the very port that the status page is to have now.
        var requests: (staying: [ListenRequest], needed: [ListenRequest]) = ([], [])
        let movesStatus = prepared.plan.movesStatus
        let staying = Set(prepared.plan.bridges.filter { $0.kind == .stays }.map(\.name))
        for made in prepared.made.bridges {
            guard let requester = made.bridge as? any ListenRequester else { continue }
            if staying.contains(made.entry.name) {
                // Whatever the resolver says by now.
                requests.staying += (try? await requester.listenRequests()) ?? []
            } else {
                requests.needed += try await requester.listenRequests()
            }
        }
        do {
            let status = try await StatusService.listenRequest(of: prepared.made.configuration)
            if movesStatus {
                requests.needed += [status].compactMap(\.self)
            } else {
                requests.staying.insert(contentsOf: [status].compactMap(\.self), at: 0)
            }
        } catch {
            if movesStatus { throw BridgeError("status: \(error)") }
        }
        return requests
    }

    /// Returns the result of a reload that failed so early.
    func outcome(of error: any Error) -> ReloadResult {
        switch error {
        case let report as ConfigurationReport:
            let count = ConfigurationReport.number(report.count, "problem")
            return ReloadResult(
                status: .configuration, problems: report.lines,
                summary: "\(count) in \(source.file.onOneLine); nothing has changed",
                isTaken: false)
        case let refusal as ReloadRefusal: return .refused(refusal)
        default: return .refused(ReloadRefusal("\(error)"))
        }
    }
}
