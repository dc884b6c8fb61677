import MessageBus

extension OptionCheck {
    /// Finds what is no name, and warns of one that is shown in another form.
    package mutating func name(_ text: String, at source: OptionSource) {
        let found = source.found(text.shortened(to: 60).quoted) + text.oddCharacter
        if text.allSatisfy(\.isWhitespace) {
            problem("expected a name, found \(found)", at: source)
            return
        }
        if (try? Name(text)) != nil { return }
        let shown = Name(cleaning: text, words: Words(.en)).text
        warning("\(found) can't be a name as it is: it is shown as \(shown.quoted)", at: source)
    }
}
