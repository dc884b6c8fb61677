import Chat
import Glibc
import MessageBus
import Sockets

// Descriptors and watches, both limited in number.
extension TailedFiles {
    /// Opens a file, closing an idle one if need be.
    ///
    /// Returns `nil` if it can't be opened now.
    func openFile(_ path: FilePath) -> OpenFile? {
        if descriptors.openCount >= configuration.descriptors { closeIdleFile() }
        descriptors.willOpen?(path)
        for _ in 0..<2 {
            do throws(SocketError) {
                let file = try OpenFile(path)
                tailLog.refused.remove(path)
                return file
            } catch {
                switch error.code {
                case ENOENT, ENOTDIR, ELOOP: return nil
                case EMFILE, ENFILE:
                    // Logged once, and not for each file.
                    let reason = SocketError("open", errno: error.code)
                    tailLog.warnOnce("\(reason): files with nothing new are closed for others")
                    for _ in 0..<16 { closeIdleFile() }
                default:
                    tailLog.refused.set(path, error.reason)
                    return nil
                }
            }
        }
        return nil
    }

    /// Closes a file that can be reopened when it has new data, preferably one that is at its end.
    private func closeIdleFile() {
        var busy: TailedFile?
        for step in 0..<index.all.count {
            // If most files have unread data, no idle one need be found.
            if step >= Self.maxIdleChecks, busy != nil { break }
            descriptors.searchIndex = (descriptors.searchIndex + 1) % index.all.count
            let tailed = index.all[descriptors.searchIndex]
            guard let file = tailed.file else { continue }
            if tailed.isDirty, busy != nil || tailed.isLost { continue }
            // A deleted file can't be reopened.
            guard let status = try? file.status(), status.links > 0 else { continue }
            if !tailed.isDirty { return close(tailed) }
            busy = tailed
        }
        if let busy { close(busy) }
    }

    /// The largest number of files examined in search of an idle one.
    private static let maxIdleChecks = 256

    private func attach(_ file: OpenFile, to tailed: TailedFile) {
        tailed.file = file
        descriptors.openCount += 1
    }

    func close(_ tailed: TailedFile) {
        guard tailed.file != nil else { return }
        tailed.file = nil
        descriptors.openCount -= 1
    }

    /// Reopens a file that was closed for others.
    ///
    /// Returns false if that fails.
    func reopen(_ tailed: TailedFile) -> Bool {
        if tailed.file != nil { return true }
        if let file = openFile(tailed.path) {
            if (try? file.status().id) == tailed.id {
                attach(file, to: tailed)
                watch(tailed, file)
                return true
            }
        }
        let places = Set([tailed.target.directory, tailed.path.directory])
        for place in places.union(rotatedToDirectories()) {
            let entries = (try? DirectoryEntry.all(in: place)) ?? []
            for entry in entries where entry.inode == tailed.id.inode {
                guard let file = openFile(place.appending(entry.name)) else { continue }
                if (try? file.status().id) == tailed.id {
                    attach(file, to: tailed)
                    return true
                }
            }
        }
        return false
    }

    // MARK: - Watches

    /// Watches an open file, whatever its path is by now.
    func watch(_ tailed: TailedFile, _ file: OpenFile) {
        if tailed.watching.watch != nil { return }
        do throws(SocketError) {
            let watch = try events?.watchFile(file.descriptor)
            let isComplete = FileEvents.seesAllChanges(of: file.descriptor)
            if let watch {
                tailed.watching = isComplete ? .complete(watch) : .partial(watch)
                watches.objects[watch] = .file(tailed.id)
            }
            if !isComplete { schedule.startPolling() }
        } catch {
            schedule.startPolling()
            tailLog.warnOnce(Self.polling(error))
        }
    }

    /// Watches a file without new data, without opening it for reading.
    func watchUnopened(_ tailed: TailedFile) {
        // O_PATH (open(2)), which only GNU declares.
        guard events != nil, let file = try? OpenFile(tailed.path, 0o10000000),
            (try? file.status().id) == tailed.id
        else {
            tailed.isDirty = true
            return
        }
        watch(tailed, file)
        // Writes before the watch was added were not reported.
        if let status = try? file.status(), !tailed.observed.matches(status) {
            tailed.isDirty = true
        }
    }

    /// Watches the directories in which files may appear.
    ///
    /// After a full scan all other watches are removed.
    func watch(_ directories: [FilePath: FileID], isAll: Bool) {
        let targets = isAll ? self.targets : []
        if isAll {
            for (path, watch) in watches.directories
            where directories[path] == nil && !targets.contains(path) {
                unwatch(path, watch.watch)
            }
        }
        for (path, id) in directories {
            if let known = watches.directories[path] {
                if known.id == id { continue }
                // Another directory has the path: moved there, or mounted over it.
                unwatch(path, known.watch)
            }
            watch(path, id, isTarget: false)
        }
        for path in targets where watches.directories[path] == nil && directories[path] == nil {
            watch(path, nil, isTarget: true)
        }
    }

    private func unwatch(_ path: FilePath, _ watch: FileEvents.Watch) {
        // The same directory at another path has the same watch.
        if case .directory(path, _) = watches.objects[watch] {
            events?.remove(watch)
            watches.objects[watch] = nil
        }
        watches.directories[path] = nil
    }

    private func watch(_ path: FilePath, _ id: FileID?, isTarget: Bool) {
        guard let events else { return }
        do throws(SocketError) {
            let watch = try events.watchDirectory(Array(path.bytes))
            watches.directories[path] = (watch, id ?? (try? FileStatus(path).id))
            watches.objects[watch] = .directory(path, isTarget: isTarget)
            // Files that appeared between the scan and the watch were not reported.
            if schedule.isFirstScan {
                schedule.requireFullScan()
            } else {
                changedNames.directories.insert(path)
            }
        } catch {
            if [ENOENT, ENOTDIR, EACCES].contains(error.code) { return }
            schedule.startPolling()
            if error.code != 0 { tailLog.warnOnce(Self.polling(error)) }
        }
    }

    /// Directories that symbolic links lead to.
    private var targets: Set<FilePath> {
        var targets: Set<FilePath> = []
        for tailed in index.all where !tailed.isLost && tailed.target != tailed.path {
            let directory = tailed.target.directory
            if directory != tailed.path.directory { targets.insert(directory) }
        }
        return targets
    }

    func watchTarget(of tailed: TailedFile) {
        let directory = tailed.target.directory
        if tailed.target.name.elementsEqual(tailed.path.name) { return }
        if watches.directories[directory] == nil { watch(directory, nil, isTarget: true) }
    }

    func unwatch(_ tailed: TailedFile) {
        guard let watch = tailed.watching.watch else { return }
        tailed.watching = .none
        // The same file may be tailed again by now; the kernel has one watch for both.
        guard case .file(let id) = watches.objects[watch], id == tailed.id else { return }
        watches.objects[watch] = nil
        events?.remove(watch)
    }
}
