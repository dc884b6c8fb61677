/// The descriptors of tailed files, which are limited in number.
///
/// Owned by `TailedFiles`; confined to the bridge's thread.
struct DescriptorUse {
    /// The number of files that are open.
    var openCount = 0
    /// The index at which the search for an idle file goes on.
    var searchIndex = 0
    /// Called just before a file is opened; tests change files here.
    var willOpen: ((FilePath) -> Void)?
}
