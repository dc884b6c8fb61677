import CLinux
import Glibc

/// Standard input, output and error: 0, 1 and 2.
public enum StandardDescriptors {
    /// Opens `/dev/null` on those that were closed when the process started (`>&-`).
    ///
    /// Otherwise the first socket or database would get the number, and output would be written
    /// into it. Must be called before anything else is opened.
    public static func secure() { secure(0...2) }

    static func secure(_ descriptors: some Sequence<Int32>) {
        for descriptor in descriptors where fcntl(descriptor, F_GETFD) == -1 {
            let null = SystemCalls.open("/dev/null", O_RDWR)
            if null >= 0, null != descriptor {
                dup2(null, descriptor)
                close(null)
            }
        }
    }
}
