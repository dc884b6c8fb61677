import MessageBus
import Sockets
import TimeUnits

/// A watch over the files of a certificate, which are looked at every ten seconds: it puts new ones
/// to use, and warns in time before one expires.
///
/// Confined to the bus's loop.
package final class CertificateWatch: @unchecked Sendable {  // touched on the loop only
    /// A certificate as it was read.
    package struct Loaded: Sendable {
        fileprivate let files: CertificateFiles
        /// The certificate with its key.
        package let context: TLSContext
        fileprivate let version: CertificateFiles.Version
        fileprivate let isKeyPublic: Bool
    }

    private let files: CertificateFiles
    private let loop: EventLoop
    private let log: Log
    private let onNew: (TLSContext) -> Void
    private var context: TLSContext
    /// The version of the files that was read last, whether it could be used or not.
    private var version: CertificateFiles.Version
    /// The time of the last warning about the end.
    private var lastWarning: MonotonicTime?
    /// The time of the last new keys of session tickets.
    private var lastKeys: MonotonicTime
    private var isLooking = false
    private lazy var timer = LoopTimer { [weak self] in self?.checkFiles() }

    /// The time between two checks of the files.
    private static let interval: Duration = .seconds(10)
    /// The time between two warnings about the same certificate.
    private static let warningInterval: Duration = .seconds(86_400)
    /// The time for which keys of session tickets are used.
    private static let keyLifetime: Duration = .seconds(43_200)
    /// The time before the end at which warnings begin: 14 days.
    private static let warningTime = Duration.seconds(14 * 86_400)

    /// Reads the files for the first time.
    ///
    /// - Throws: `BridgeError` with a sentence that names the file.
    package static func load(_ files: CertificateFiles) async throws -> Loaded {
        do {
            return try await DedicatedThread.run(named: "certificate") { Self.read(files) }.get()
        } catch let error as TLSError {
            throw BridgeError("\(error)")
        }
    }

    private static func read(_ files: CertificateFiles) -> Result<Loaded, TLSError> {
        // Taken first: a file that changes while it is read is read again.
        let version = files.version()
        return Result { () throws(TLSError) in
            Loaded(
                files: files, context: try files.load(), version: version,
                isKeyPublic: files.isKeyPublic)
        }
    }

    /// Begins to watch.
    ///
    /// - Parameter use: called with each new certificate.
    package init(
        _ first: Loaded, on loop: EventLoop, log: Log, use: @escaping (TLSContext) -> Void
    ) {
        loop.assertOwned()
        files = first.files
        self.loop = loop
        self.log = log
        onNew = use
        context = first.context
        version = first.version
        lastKeys = loop.now
        warn(first)
        loop.set(timer, after: Self.interval)
    }

    /// Stops watching.
    package func cancel() {
        loop.assertOwned()
        timer.cancel()
    }

    private func checkFiles() {
        loop.assertOwned()
        loop.set(timer, after: Self.interval)
        warnOfEnd()
        if loop.now - lastKeys >= Self.keyLifetime {
            lastKeys = loop.now
            context.renewTicketKeys()
        }
        // A file system that hangs holds up one look, and nobody else.
        guard !isLooking else { return }
        isLooking = true
        let (files, known, loop) = (files, version, loop)
        do throws(SocketError) {
            try DedicatedThread.start(named: "certificate") { [weak self] in
                let version = files.version()
                let result = version == known ? nil : Self.read(files)
                loop.perform { [weak self] in self?.finishLook(version, result) }
            }
        } catch {
            isLooking = false
        }
    }

    private func finishLook(
        _ version: CertificateFiles.Version, _ result: Result<Loaded, TLSError>?
    ) {
        loop.assertOwned()
        isLooking = false
        guard let result, timer.deadline != nil else { return }
        switch result {
        case .success(let loaded):
            use(loaded)
            log.info(
                """
                the new certificate in \(files.certificate.name) is used from now on; it ends on \
                \(Self.day(loaded.context.validity.end))
                """)
        case .failure(let error):
            self.version = version
            log.warning("\(error); the certificate that was read before stays in use")
        }
    }

    /// Uses a certificate that was read just now for connections that are yet to come.
    package func use(_ loaded: Loaded) {
        loop.assertOwned()
        version = loaded.version
        context = loaded.context
        (lastWarning, lastKeys) = (nil, loop.now)
        onNew(loaded.context)
        warn(loaded)
    }

    // MARK: - Warnings

    private func warn(_ loaded: Loaded) {
        if loaded.isKeyPublic {
            log.warning(
                """
                everybody on this machine can read \(files.key.name), and so pretend to be this \
                server: chmod o-r
                """)
        }
        if present < context.validity.start {
            log.warning(
                """
                the certificate in \(files.certificate.name) is not valid before \
                \(Self.day(context.validity.start)): clients refuse it until then
                """)
        }
        warnOfEnd()
    }

    /// Warns once a day of a certificate that ends soon or has ended.
    private func warnOfEnd() {
        let rest = context.validity.end - present
        guard rest < Self.warningTime,
            lastWarning.map({ loop.now - $0 >= Self.warningInterval }) ?? true
        else { return }
        lastWarning = loop.now
        let day = Self.day(context.validity.end)
        if rest < .zero {
            return log.warning(
                """
                the certificate in \(files.certificate.name) ended on \(day): clients refuse it; \
                a new one is picked up without a restart
                """)
        }
        let days = rest.wholeSeconds / 86_400
        let time = days == 0 ? "within a day" : days == 1 ? "in 1 day" : "in \(days) days"
        log.warning(
            """
            the certificate in \(files.certificate.name) ends \(time), on \(day): renew it; a new \
            one is picked up without a restart
            """)
    }

    /// The present second: dates of certificates know no parts of it.
    private var present: Timestamp {
        Timestamp(milliseconds: loop.wallTime.milliseconds / 1_000 * 1_000)
    }

    private static func day(_ time: Timestamp) -> String { String(time.inUTC.prefix(10)) }
}
