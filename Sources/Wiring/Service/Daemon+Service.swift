import MessageBus
import Sockets

extension Daemon {
    /// Makes the connection to the service manager.
    static func reporter(
        to environment: ServiceEnvironment, of assembly: Assembly
    ) -> ServiceReporter {
        let (log, throttledLog) = (assembly.log, ThrottledLog(assembly.log))
        let notifier = ServiceNotifier(environment) { error in
            throttledLog.warning(cause: "notify", "the service manager is not told: \(error)")
        }
        let sockets = assembly.loop.listeningSockets
        return ServiceReporter(notifier) {
            for address in sockets.unusedInherited {
                log.warning(
                    """
                    \(address) was opened by the service manager, and no bridge listens there; it \
                    is kept for a reload
                    """)
            }
        }
    }

    /// Takes over the sockets that the service manager has opened.
    func adoptSockets() {
        for descriptor in inherited {
            do throws(SocketError) {
                try assembly.loop.listeningSockets.adopt(descriptor.number)
            } catch {
                let name = descriptor.name.map { " (\($0))" } ?? ""
                assembly.log.warning("from the service manager: \(error)\(name); it is not used")
            }
        }
    }
}
