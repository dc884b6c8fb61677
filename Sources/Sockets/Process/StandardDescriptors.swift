import CLinux
import Glibc

/// Standard input, output and error: 0, 1 and 2.
public enum StandardDescriptors {
    /// Opens `/dev/null` on those that were closed when the process was started (`>&-`).
    ///
    /// Else the first socket or database would get the number, and what is printed would be written
    /// into it. Before anything else is opened.
    public static func secure() { secure(0...2) }

    static func secure(_ descriptors: some Sequence<Int32>) {
        for descriptor in descriptors where fcntl(descriptor, F_GETFD) == -1 {
            let null = open("/dev/null", O_RDWR)
            if null >= 0, null != descriptor {
                dup2(null, descriptor)
                close(null)
            }
        }
    }
}
