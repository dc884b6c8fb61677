import Locking

extension ListeningSockets {
    /// A reservation that keeps sockets open until it ends, whoever listens with them meanwhile.
    ///
    /// Safe from any thread. Ends at the latest when it is released.
    package final class Reservation: Sendable {
        private let pool: ListeningSockets
        private let numbers: Locked<Set<Int>>

        fileprivate init(_ pool: ListeningSockets, _ numbers: Set<Int>) {
            self.pool = pool
            self.numbers = Locked(numbers)
        }

        deinit { end() }

        /// Closes those of the sockets that nobody listens with.
        package func end() {
            let numbers = numbers.withLock { numbers in
                defer { numbers = [] }
                return numbers
            }
            pool.endReservation(of: numbers)
        }
    }

    /// Opens all sockets that are wanted and not open yet, and keeps them all open until the
    /// reservation ends.
    ///
    /// For a reload: requests are those of the whole new configuration. A new address may overlap
    /// one that is no longer wanted (0.0.0.0:2000 and 127.0.0.1:2000), but not another that is.
    ///
    /// - Throws: `SocketError` if an address is taken; nothing has changed then.
    package func reserve(_ requests: [ListenRequest]) throws(SocketError) -> Reservation {
        let numbers = try state.withLock { state throws(SocketError) in
            var reserving = PendingReservation(state)
            do throws(SocketError) {
                for request in requests { try reserving.findOpen(request) }
                for rest in reserving.missing { try reserving.open(rest) }
            } catch {
                reserving.undo()
                throw error
            }
            state = reserving.state
            for number in reserving.kept { state.sockets[number]?.reservationCount += 1 }
            return reserving.kept
        }
        return Reservation(self, numbers)
    }

    fileprivate func endReservation(of numbers: Set<Int>) {
        state.withLock { state in
            for number in numbers {
                state.sockets[number]?.reservationCount -= 1
                state.closeIfUnused(number)
            }
        }
    }
}
