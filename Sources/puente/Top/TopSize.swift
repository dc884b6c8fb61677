/// The size of a terminal, in characters.
struct TopSize: Equatable {
    var columns: Int
    var rows: Int

    /// The size assumed for a terminal that does not report one.
    static let usual = TopSize(columns: 80, rows: 24)
}
