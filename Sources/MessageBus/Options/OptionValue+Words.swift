extension Language: OptionValue {}

extension Direction: OptionValue {}

extension Log.Level: OptionValue {}
