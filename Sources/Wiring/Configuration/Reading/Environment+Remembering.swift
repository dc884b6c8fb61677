import Locking

extension Environment {
    /// Returns the same environment, which reads each file once: a pipe can be read only once.
    package func rememberingFiles() -> Environment {
        let memory = Memory()
        var result = self
        let read = file
        result.file = { path, limit throws(FileProblem) in
            if let known = memory.files.withLock({ $0[path] }) { return try known.get() }
            let contents: Result<[UInt8], FileProblem>
            do throws(FileProblem) {
                contents = .success(try read(path, limit))
            } catch {
                contents = .failure(error)
            }
            memory.files.withLock { $0[path] = contents }
            return try contents.get()
        }
        return result
    }

    /// The files that were read.
    ///
    /// Safe from any thread.
    private final class Memory: Sendable {
        let files = Locked<[String: Result<[UInt8], FileProblem>]>([:])
    }
}
