/// A line of the screen of `puente top`.
struct TopLine: Equatable {
    var text: String
    /// True for the titles of columns and the line that lists the keys, which stand out.
    var isTitle = false
}
