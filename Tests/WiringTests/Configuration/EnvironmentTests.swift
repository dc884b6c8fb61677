import Testing

@testable import Wiring

@Suite struct EnvironmentTests {
    @Test func `a file that can't be read says why`() {
        let read = { (path: String) in
            #expect(throws: FileProblem.self) { try Environment.process.file(path, 1_000) }?
                .description
        }
        #expect(read("/no/such/file") == "no such file or directory")
        #expect(read("/") == "is a directory")
        #expect(read("/dev/zero") == "larger than 1000, the most that is read")
    }

    @Test func `a file that says nothing of its size is read to its end`() throws {
        #expect(try Environment.process.file("/dev/null", 0) == [])
        #expect(try !Environment.process.file("/proc/self/stat", 65_536).isEmpty)
    }

    @Test func `a variable that is not set is nil`() {
        #expect(Environment.process.variable("PATH") != nil)
        #expect(Environment.process.variable("PUENTE_NO_SUCH_VARIABLE") == nil)
    }
}
