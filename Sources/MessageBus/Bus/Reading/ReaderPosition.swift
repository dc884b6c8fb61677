/// The place of a bridge's reader in a room, for the bridge that goes on there.
struct ReaderPosition {
    /// A reader, as far as two runs of a bridge can agree which is which.
    struct Reader: Hashable {
        let room: String
        let channel: String?
    }

    /// The position in the room's log.
    let position: LogPosition
    /// The number of the newest message read, for the store.
    let lastNumber: MessageNumber
}
