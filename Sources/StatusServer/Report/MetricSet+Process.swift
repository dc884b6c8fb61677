import Glibc
import MessageBus
import Metrics

// The kernel's figures for this process, under the names that other programs use.
extension MetricSet {
    /// Adds the process's time, memory and descriptors; leaves out what can't be read.
    ///
    /// - Parameter start: the time at which it started.
    mutating func addProcess(startedAt start: Timestamp) {
        add(.processStart, .number(Double(start.milliseconds) / 1_000))
        if let stat = ProcessFile.words("/proc/self/stat") {
            // Counted behind the name, which may contain spaces: see proc(5).
            let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
            if let user = stat.double(11), let system = stat.double(12) {
                add(.processTime, .number((user + system) / ticks))
            }
            if let virtual = stat.double(20) { add(.processVirtualMemory, .number(virtual)) }
            if let bytes = stat.residentBytes { add(.processMemory, .number(Double(bytes))) }
            if let threads = stat.double(17) { add(.processThreads, .number(threads)) }
        }
        if let count = ProcessFile.entries("/proc/self/fd") {
            // The one that lists them is not counted.
            add(.processDescriptors, .integer(UInt64(max(0, count - 1))))
        }
        var limit = rlimit()
        if unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            add(.processMaxDescriptors, .integer(UInt64(limit.rlim_cur)))
        }
    }
}

extension MetricFamily {
    fileprivate static let processTime = MetricFamily(
        "process_cpu_seconds_total", .counter, "Total user and system CPU time in seconds.")
    fileprivate static let processVirtualMemory = MetricFamily(
        "process_virtual_memory_bytes", .gauge, "Virtual memory size in bytes.")
    fileprivate static let processMemory = MetricFamily(
        "process_resident_memory_bytes", .gauge, "Resident memory size in bytes.")
    fileprivate static let processStart = MetricFamily(
        "process_start_time_seconds", .gauge,
        "Start time of the process in seconds since 1970.")
    fileprivate static let processThreads = MetricFamily(
        "process_threads", .gauge, "Number of threads.")
    fileprivate static let processDescriptors = MetricFamily(
        "process_open_fds", .gauge, "Number of open file descriptors.")
    fileprivate static let processMaxDescriptors = MetricFamily(
        "process_max_fds", .gauge, "Maximum number of open file descriptors.")
}
