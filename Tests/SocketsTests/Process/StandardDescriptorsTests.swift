import Glibc
import TestSupport
import Testing

@testable import Sockets

@Suite struct StandardDescriptorsTests {
    @Test func `those that were closed become the null device, the others stay`() throws {
        let pipe = try TestPipe()
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        // The last numbers: the kernel gives the first free one, and other tests have thousands.
        let last = Int32(clamping: min(limit.rlim_cur, 1 << 20)) - 1
        StandardDescriptors.secure([pipe.writeEnd, last - 1, last])
        defer { for descriptor in [last - 1, last] { close(descriptor) } }
        #expect(fcntl(last - 1, F_GETFD) != -1)
        #expect(write(last, "x", 1) == 1)
        var byte: UInt8 = 0
        #expect(read(last - 1, &byte, 1) == 0)
        #expect(write(pipe.writeEnd, "y", 1) == 1)
        #expect(read(pipe.readEnd, &byte, 1) == 1)
    }
}
