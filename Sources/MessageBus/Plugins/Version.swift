/// The version of the program.
package enum Version {
    /// By semantic versioning.
    package static let current = "0.1.0"
}
