/// The reason why a text is not a template, in words without the text.
struct TemplateProblem: Error {
    let sentence: String

    init(_ sentence: String) { self.sentence = sentence }
}
