/// The sanitizer that this build is made for; tests that cannot be true under one are skipped by
/// it.
package enum Sanitizer {
    #if SANITIZED
        /// True in builds for a sanitizer, which reserves terabytes of addresses and has threads.
        package static let isPresent = true
    #else
        /// True in builds for a sanitizer, which reserves terabytes of addresses and has threads.
        package static let isPresent = false
    #endif
}
