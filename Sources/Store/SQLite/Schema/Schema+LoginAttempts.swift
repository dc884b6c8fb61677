extension Schema {
    /// The renaming of the table `tries` to a name that says what it holds.
    static let loginAttempts = "ALTER TABLE tries RENAME TO login_attempts;"
}
