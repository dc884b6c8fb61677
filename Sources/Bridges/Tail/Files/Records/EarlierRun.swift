/// The facts about what an earlier run tailed.
///
/// Owned by `TailedFiles`; confined to the bridge's thread.
struct EarlierRun {
    /// The patterns that it tailed.
    var patterns: Set<String> = []
    /// True if every rotated file that existed before the first start is recorded.
    var knowsAllBefore = false
}
