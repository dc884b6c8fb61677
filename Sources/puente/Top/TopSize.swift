/// The size of a terminal, in characters.
struct TopSize: Equatable {
    var columns: Int
    var rows: Int

    /// The size of a terminal that does not tell.
    static let usual = TopSize(columns: 80, rows: 24)
}
