import Glibc
import Testing

@testable import Sockets

@Suite struct ServiceEnvironmentTests {
    private static func environment(_ variables: [String: String]) -> ServiceEnvironment {
        ServiceEnvironment(of: 42) { variables[$0] }
    }

    @Test func `nothing is asked of a process without these variables`() {
        #expect(Self.environment([:]) == ServiceEnvironment())
        #expect(Self.environment(["NOTIFY_SOCKET": ""]) == ServiceEnvironment())
    }

    @Test(arguments: [
        (["WATCHDOG_USEC": "30000000"], Duration.seconds(30)),
        (["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "42"], .seconds(30)),
        (["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "41"], nil),
        (["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": ""], nil),
        (["WATCHDOG_USEC": "0"], nil), (["WATCHDOG_USEC": "-1"], nil),
        (["WATCHDOG_USEC": "a"], nil), (["WATCHDOG_PID": "42"], nil),
    ])
    func `the watchdog is for one process`(variables: [String: String], timeout: Duration?) {
        #expect(Self.environment(variables).watchdogTimeout == timeout)
    }

    @Test(arguments: [
        (["LISTEN_FDS": "2", "LISTEN_PID": "42"], [3, 4] as [Int32], [nil, nil] as [String?]),
        (
            ["LISTEN_FDS": "3", "LISTEN_PID": "42", "LISTEN_FDNAMES": "chat::web"], [3, 4, 5],
            ["chat", nil, "web"]
        ),
        (["LISTEN_FDS": "1", "LISTEN_PID": "42", "LISTEN_FDNAMES": "a:b"], [3], ["a"]),
        (["LISTEN_FDS": "2", "LISTEN_PID": "43"], [], []), (["LISTEN_FDS": "2"], [], []),
        (["LISTEN_FDS": "0", "LISTEN_PID": "42"], [], []),
        (["LISTEN_FDS": "-3", "LISTEN_PID": "42"], [], []),
        (["LISTEN_FDS": "99999999999", "LISTEN_PID": "42"], [], []),
    ])
    func `sockets begin at 3 and are for one process`(
        variables: [String: String], numbers: [Int32], names: [String?]
    ) {
        let descriptors = Self.environment(variables).descriptors
        #expect(descriptors.map(\.number) == numbers)
        #expect(descriptors.map(\.name) == names)
    }

    @Test func `there is a bound, whatever the variable says`() {
        let many = Self.environment(["LISTEN_FDS": "2000000000", "LISTEN_PID": "42"])
        #expect(many.descriptors.count == 1_024)
    }

    @Test func `the journal is known by device and inode`() throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        var status = stat()
        try #require(fstat(ends[1], &status) == 0)
        let text = "\(status.st_dev):\(status.st_ino)"
        #expect(JournalStream.isDescriptor(ends[1], text))
        #expect(!JournalStream.isDescriptor(STDIN_FILENO, text))
        #expect(!JournalStream.isDescriptor(ends[1], text + "1"))
        #expect(!JournalStream.isDescriptor(-1, text))
    }
}
