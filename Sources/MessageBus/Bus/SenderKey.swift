import Synchronization

/// Who speaks by a bridge, as far as it has told.
struct SenderKey: Hashable {
    let identity: String?
    let name: String
}
