import Glibc
import MessageBus
import Sockets

// Open files and watches: there are only so many.
extension FollowedFiles {
    /// Opens a file, if need be in place of one that has nothing to say; `nil` if that can't be now.
    func openFile(_ path: FilePath) -> OpenFile? {
        if openFiles >= plan.descriptors { park() }
        willOpen?(path)
        for _ in 0..<2 {
            do throws(SocketError) {
                let file = try OpenFile(path)
                news.forget(Self.refusal(path, EACCES))
                return file
            } catch {
                switch error.code {
                case ENOENT, ENOTDIR, ELOOP: return nil
                case EMFILE, ENFILE:
                    // Once, and not for each file.
                    let reason = SocketError("open", errno: error.code)
                    news.warnOnce("\(reason): files with nothing new are closed for others")
                    for _ in 0..<16 { park() }
                default:
                    news.warnOnce("\(error); it is tried again")
                    return nil
                }
            }
        }
        return nil
    }

    private static func refusal(_ path: FilePath, _ code: Int32) -> String {
        "\(SocketError("open \(path)", errno: code)); it is tried again"
    }

    /// Closes a file that can be opened again when there is something to read, best one that is
    /// at its end.
    private func park() {
        for mayBeDirty in [false, true] {
            for _ in 0..<queue.count {
                parkingTurn = (parkingTurn + 1) % queue.count
                let follower = queue[parkingTurn]
                guard let file = follower.file, !follower.isDirty || mayBeDirty else { continue }
                if follower.gone != nil, follower.isDirty { continue }
                // What has no name left can't be opened again.
                guard let status = try? file.status(), status.links > 0 else { continue }
                close(follower)
                return
            }
        }
    }

    private func attach(_ file: OpenFile, to follower: Follower) {
        follower.file = file
        openFiles += 1
    }

    func close(_ follower: Follower) {
        guard follower.file != nil else { return }
        follower.file = nil
        openFiles -= 1
    }

    /// Opens a file again that was closed for others; false if that can't be now.
    func reopen(_ follower: Follower) -> Bool {
        if follower.file != nil { return true }
        if let file = openFile(follower.path) {
            if (try? file.status().id) == follower.id {
                attach(file, to: follower)
                return true
            }
        }
        for place in Set([follower.target.directory, follower.path.directory]) {
            let entries = (try? DirectoryEntry.all(in: place)) ?? []
            for entry in entries where entry.inode == follower.id.inode {
                guard let file = openFile(place.appending(entry.name)) else { continue }
                if (try? file.status().id) == follower.id {
                    attach(file, to: follower)
                    return true
                }
            }
        }
        return false
    }

    // MARK: - Watches

    /// Watches the directories in which files may appear, and no others any more.
    func watch(_ directories: Set<FilePath>) {
        let wanted = directories.union(targets)
        for (path, watch) in watchedDirectories where !wanted.contains(path) {
            events?.remove(watch)
            watched[watch] = nil
            watchedDirectories[path] = nil
        }
        for path in wanted where watchedDirectories[path] == nil {
            watch(path, isTarget: !directories.contains(path))
        }
    }

    private func watch(_ path: FilePath, isTarget: Bool) {
        guard let events else { return }
        do throws(SocketError) {
            let watch = try events.watchDirectory(Array(path.bytes))
            watchedDirectories[path] = watch
            watched[watch] = .directory(path, isTarget: isTarget)
            // What appeared between looking and watching was not told.
            needsScan = true
        } catch {
            if [ENOENT, ENOTDIR, EACCES].contains(error.code) { return }
            isPolling = true
            if error.code != 0 { news.warnOnce(Self.polling(error)) }
        }
    }

    /// Directories that symbolic links lead to.
    private var targets: Set<FilePath> {
        var targets: Set<FilePath> = []
        for follower in queue where follower.gone == nil && follower.target != follower.path {
            let directory = follower.target.directory
            if directory != follower.path.directory { targets.insert(directory) }
        }
        return targets
    }

    func watchTarget(of follower: Follower) {
        let directory = follower.target.directory
        if follower.target.name.elementsEqual(follower.path.name) { return }
        if watchedDirectories[directory] == nil { watch(directory, isTarget: true) }
    }

    func unwatch(_ follower: Follower) {
        guard let watch = follower.watch else { return }
        follower.watch = nil
        // The same file may be followed anew by now; the kernel has one watch for both.
        guard case .file(let id) = watched[watch], id == follower.id else { return }
        watched[watch] = nil
        events?.remove(watch)
    }
}
