/// The identity of somebody on a bridge, as far as the bridge has told.
struct SenderKey: Hashable {
    let identity: String?
    let name: String
}
