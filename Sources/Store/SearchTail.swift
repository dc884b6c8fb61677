/// Placeholder.
final class SearchTail {}
