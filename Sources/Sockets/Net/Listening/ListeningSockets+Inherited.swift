import Locking

extension ListeningSockets {
    /// Takes a listening socket over that the process was started with: it is used for its address
    /// in place of a new one, and stays open to the end of the process.
    ///
    /// - Throws: `SocketError` if the descriptor is not a stream socket that listens; it is left
    ///   open.
    package func adopt(_ descriptor: Int32) throws(SocketError) {
        try state.withLock { state throws(SocketError) in
            _ = state.add(try ListeningSocket(inherited: descriptor))
        }
    }

    /// The addresses of inherited sockets that nobody listens with.
    package var unusedInherited: [SocketAddress] {
        state.withLock { state in
            state.sockets.sorted { $0.key < $1.key }.map(\.value)
                .filter { $0.isInherited && $0.isIdle }.map(\.address)
        }
    }
}
