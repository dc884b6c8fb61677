import Chat

/// The rule for symbolic links unless all are followed: links into places that the patterns search
/// anyway are allowed, and so are those that Kubernetes makes.
///
/// Otherwise, people who may write to a tailed directory could have the daemon read files that they
/// may not read.
///
/// Owned by its `PathSearch`; confined to the bridge's thread, which `TailedFiles` checks.
final class LinkRule {
    private let patterns: [PathPattern]
    /// The directories that the patterns name, with links resolved; looked up once there is a link.
    private lazy var roots = Set(patterns.map(\.root)).compactMap(\.resolved)

    /// The directory of Docker's files, to which `/var/log/pods` has links.
    private static let docker = FilePath("/var/lib/docker/containers")

    init(_ patterns: [PathPattern]) { self.patterns = patterns }

    /// Returns true if a file or directory lies in one that a pattern names.
    func isWithin(_ target: FilePath) -> Bool {
        roots.contains { target.isWithin($0) }
    }

    /// Returns true if a link is to be followed to its target.
    func allows(_ link: FilePath, to target: FilePath) -> Bool {
        isWithin(target) || isOfKubernetes(link, target)
    }

    /// Returns true if kubelet makes such links: from `containers` to `pods` beside it, and from
    /// both to the directory of Docker's files.
    private func isOfKubernetes(_ link: FilePath, _ target: FilePath) -> Bool {
        guard let directory = link.directory.resolved else { return false }
        let all = [directory] + directory.ancestors
        guard let base = all.first(where: { ["containers", "pods"].contains($0.name.text) })
        else { return false }
        return target.isWithin(base.directory.appending("pods".utf8))
            || target.isWithin(Self.docker)
    }
}

extension ArraySlice<UInt8> {
    fileprivate var text: String { String(decoding: self, as: UTF8.self) }
}
