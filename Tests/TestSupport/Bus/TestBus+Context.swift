import MessageBus

extension TestBus {
    /// Makes the context that a factory is given, with the loop and the log of this bus.
    ///
    /// - Parameter directory: the directory that relative paths start from.
    package func context(directory: String = ".") -> Context {
        Context(
            name: "test", language: .en, log: log.log, executor: loop, directory: directory,
            files: { _ in RecordedLines() })
    }
}
