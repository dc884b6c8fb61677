/// The sanitizer that this build is made for; tests that cannot be true under one are skipped by
/// it.
package enum Sanitizer {
    #if SANITIZED
        /// True in builds for a sanitizer, which reserves terabytes of addresses and has threads.
        package static let isPresent = true
        /// Factor for the longest waits of tests: a sanitizer makes a program so many times slower.
        package static let slowdown: Int32 = 10
    #else
        /// True in builds for a sanitizer, which reserves terabytes of addresses and has threads.
        package static let isPresent = false
        /// Factor for the longest waits of tests: a sanitizer makes a program so many times slower.
        package static let slowdown: Int32 = 1
    #endif
}
