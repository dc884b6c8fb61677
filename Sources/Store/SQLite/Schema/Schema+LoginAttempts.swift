extension Schema {
    /// A name that says what is in the table `tries`.
    static let loginAttempts = "ALTER TABLE tries RENAME TO login_attempts;"
}
