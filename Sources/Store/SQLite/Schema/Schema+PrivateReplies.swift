extension Schema {
    /// The columns for what private messages answer.
    static let privateReplies = """
        -- What a message answers, as in the table messages; NULL where it answers none.
        ALTER TABLE private_messages ADD COLUMN reply_number INTEGER;
        ALTER TABLE private_messages ADD COLUMN reply_name TEXT;
        ALTER TABLE private_messages ADD COLUMN reply_excerpt TEXT;
        """
}
