extension Schema {
    /// Messages that programs say.
    static let automatic = """
        -- automatic: 1 if a program has said it, NULL for people.
        ALTER TABLE messages ADD COLUMN automatic INTEGER;
        """
}
