import Chat
import Glibc
import MessageBus
import Sockets

// Open files and watches: there are only so many.
extension TailedFiles {
    /// Opens a file, if need be in place of one that has nothing to say; `nil` if that can't be now.
    func openFile(_ path: FilePath) -> OpenFile? {
        if openFiles >= configuration.descriptors { park() }
        willOpen?(path)
        for _ in 0..<2 {
            do throws(SocketError) {
                let file = try OpenFile(path)
                tailLog.refused.remove(path)
                return file
            } catch {
                switch error.code {
                case ENOENT, ENOTDIR, ELOOP: return nil
                case EMFILE, ENFILE:
                    // Once, and not for each file.
                    let reason = SocketError("open", errno: error.code)
                    tailLog.warnOnce("\(reason): files with nothing new are closed for others")
                    for _ in 0..<16 { park() }
                default:
                    tailLog.refused.set(path, error.reason)
                    return nil
                }
            }
        }
        return nil
    }

    /// Closes a file that can be opened again when there is something to read, best one that is
    /// at its end.
    private func park() {
        var busy: TailedFile?
        for step in 0..<queue.count {
            // Where most have something to say, it need not be one of the others.
            if step >= Self.parkingSteps, busy != nil { break }
            parkingTurn = (parkingTurn + 1) % queue.count
            let tailed = queue[parkingTurn]
            guard let file = tailed.file else { continue }
            if tailed.isDirty, busy != nil || tailed.gone != nil { continue }
            // What has no name left can't be opened again.
            guard let status = try? file.status(), status.links > 0 else { continue }
            if !tailed.isDirty { return close(tailed) }
            busy = tailed
        }
        if let busy { close(busy) }
    }

    /// Files that are asked in search of one that is at its end.
    private static let parkingSteps = 256

    private func attach(_ file: OpenFile, to tailed: TailedFile) {
        tailed.file = file
        openFiles += 1
    }

    func close(_ tailed: TailedFile) {
        guard tailed.file != nil else { return }
        tailed.file = nil
        openFiles -= 1
    }

    /// Opens a file again that was closed for others; false if that can't be now.
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

    /// Watches a file, whatever its name is by now.
    func watch(_ tailed: TailedFile, _ file: OpenFile) {
        if tailed.watch != nil { return }
        do throws(SocketError) {
            if let watch = try events?.watchFile(file.descriptor) {
                tailed.watch = watch
                watched[watch] = .file(tailed.id)
            }
            tailed.isSilent = !FileEvents.hears(file.descriptor)
            if tailed.isSilent { isPolling = true }
        } catch {
            isPolling = true
            tailLog.warnOnce(Self.polling(error))
        }
    }

    /// Watches a file in which there is nothing new, without opening it for reading.
    func watchUnopened(_ tailed: TailedFile) {
        // O_PATH (open(2)), which only GNU declares.
        guard events != nil, let file = try? OpenFile(tailed.path, 0o10000000),
            (try? file.status().id) == tailed.id
        else {
            tailed.isDirty = true
            return
        }
        watch(tailed, file)
        // What was written before it was watched was not told.
        if let status = try? file.status(), (status.size, status.modified) != tailed.seen {
            tailed.isDirty = true
        }
    }

    /// Watches the directories in which files may appear; where these are all, no others any more.
    func watch(_ directories: [FilePath: FileID], isAll: Bool) {
        let targets = isAll ? self.targets : []
        if isAll {
            for (path, watch) in watchedDirectories
            where directories[path] == nil && !targets.contains(path) {
                unwatch(path, watch.watch)
            }
        }
        for (path, id) in directories {
            if let known = watchedDirectories[path] {
                if known.id == id { continue }
                // Another one has the name: it was moved there, or something was mounted over it.
                unwatch(path, known.watch)
            }
            watch(path, id, isTarget: false)
        }
        for path in targets where watchedDirectories[path] == nil && directories[path] == nil {
            watch(path, nil, isTarget: true)
        }
    }

    private func unwatch(_ path: FilePath, _ watch: FileEvents.Watch) {
        // The same directory by another name has the same watch.
        if case .directory(path, _) = watched[watch] {
            events?.remove(watch)
            watched[watch] = nil
        }
        watchedDirectories[path] = nil
    }

    private func watch(_ path: FilePath, _ id: FileID?, isTarget: Bool) {
        guard let events else { return }
        do throws(SocketError) {
            let watch = try events.watchDirectory(Array(path.bytes))
            watchedDirectories[path] = (watch, id ?? (try? FileStatus(path).id))
            watched[watch] = .directory(path, isTarget: isTarget)
            // What appeared between looking and watching was not told.
            if lastScan == nil { needsScan = true } else { hints.directories.insert(path) }
        } catch {
            if [ENOENT, ENOTDIR, EACCES].contains(error.code) { return }
            isPolling = true
            if error.code != 0 { tailLog.warnOnce(Self.polling(error)) }
        }
    }

    /// Directories that symbolic links lead to.
    private var targets: Set<FilePath> {
        var targets: Set<FilePath> = []
        for tailed in queue where tailed.gone == nil && tailed.target != tailed.path {
            let directory = tailed.target.directory
            if directory != tailed.path.directory { targets.insert(directory) }
        }
        return targets
    }

    func watchTarget(of tailed: TailedFile) {
        let directory = tailed.target.directory
        if tailed.target.name.elementsEqual(tailed.path.name) { return }
        if watchedDirectories[directory] == nil { watch(directory, nil, isTarget: true) }
    }

    func unwatch(_ tailed: TailedFile) {
        guard let watch = tailed.watch else { return }
        tailed.watch = nil
        // The same file may be followed anew by now; the kernel has one watch for both.
        guard case .file(let id) = watched[watch], id == tailed.id else { return }
        watched[watch] = nil
        events?.remove(watch)
    }
}
