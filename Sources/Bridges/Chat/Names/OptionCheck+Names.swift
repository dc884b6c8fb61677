import MessageBus

extension OptionCheck {
    /// Reports a text that is not a name, and warns about one that is shown in another form.
    ///
    /// - Parameter written: the text as bridge.json has it, if that differs.
    package mutating func name(
        _ text: String, shown written: String? = nil, at location: OptionLocation
    ) {
        let found =
            location.found((written ?? text).shortened(to: 60).quoted)
            + (location.isReference ? "" : text.oddCharacter)
        if text.allSatisfy(\.isWhitespace) {
            problem("expected a name, found \(found)", at: location)
            return
        }
        if (try? Name(text, isChosen: false)) != nil { return }
        let shown = Name(cleaning: text, phrases: Phrases(.en)).text.quoted
        let how =
            written == nil && !location.isReference ? "it is shown as \(shown)" : "it is cleaned"
        warning("\(found) can't be a name as it is: \(how)", at: location)
    }
}
