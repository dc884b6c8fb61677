import MessageBus
import TestSupport
import Testing

@testable import Wiring

@Suite struct ConfigurationFormatTests {
    /// Returns a text in the one style.
    private func formatted(_ text: String) throws -> String {
        var problems = Problems()
        let bytes = ConfigurationFormat.format(Array(text.utf8), into: &problems)
        return String(decoding: try #require(bytes, "\(problems.sorted)"), as: UTF8.self)
    }

    @Test func `short objects stand in one line, the file and lists of objects do not`() throws {
        let text = #"{"rooms":["a","b"],"bridges":[{"type":"tcp","tls":{"key":"k"}}],"store":{}}"#
        #expect(
            try formatted(text) == """
                {
                  "rooms": ["a", "b"],
                  "bridges": [
                    { "type": "tcp", "tls": { "key": "k" } }
                  ],
                  "store": {}
                }

                """)
    }

    @Test func `what is longer than a hundred columns is put on several lines`() throws {
        let short = String(repeating: "x", count: 82)
        #expect(try formatted("{\"a\":{\"b\":\"\(short)\"}}").split(separator: "\n").count == 3)
        #expect(try formatted("{\"a\":{\"b\":\"\(short)xx\"}}").split(separator: "\n").count == 5)
    }

    @Test func `comments stay where they belong`() throws {
        let text = """
            // head

            { // first
            "a" : 1 , // behind a
              /* in front of b */ "b" /* key */ : /* value */ 2 // behind b
              // and more of b
              ,
              // c is
              // two lines

              "c": [ 1, // one
                2, /* about 3 */ 3 ], "d": { /* nothing */ },


              "e": 5
              // the end
            } // behind
            // foot
            """
        let expected = """
            // head

            {
              // first
              "a": 1,  // behind a
              /* in front of b */
              /* key */
              /* value */
              // behind b
              "b": 2,  // and more of b
              // c is
              // two lines

              "c": [
                1,  // one
                2,
                /* about 3 */
                3
              ],
              "d": {
                /* nothing */
              },

              "e": 5
              // the end
            }  // behind
            // foot

            """
        #expect(try formatted(text) == expected)
        #expect(try formatted(expected) == expected)
    }

    @Test func `strings and numbers stay as they are written`() throws {
        let text = #"{"a":"\u00e1\"]//","b":1e3,"c":-0.50,"d":true}"#
        #expect(
            try formatted(text) == """
                {
                  "a": "\\u00e1\\"]//",
                  "b": 1e3,
                  "c": -0.50,
                  "d": true
                }

                """)
    }

    @Test func `a byte order mark and returns are left out`() throws {
        #expect(try formatted("\u{FEFF}{\r\n\"a\": 1, // x\r\n}\r\n") == "{\n  \"a\": 1  // x\n}\n")
    }

    @Test func `any valid text keeps its values and comments, and is formatted once`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = Seeded(seed)
        for _ in 0..<500 {
            var comments = 0
            let text = Self.object(&random, depth: 0, comments: &comments)
            let once = try formatted(text)
            #expect(try formatted(once) == once, "seed \(seed): \(text)")
            #expect(Self.values(once) == Self.values(text), "seed \(seed): \(text)")
            for number in 0..<comments {
                let ends = ["c\(number) */", "c\(number)\n"]
                #expect(ends.contains { once.contains($0) }, "seed \(seed): \(text)")
            }
        }
    }

    @Test func `a broken text is reported`() {
        var problems = Problems()
        #expect(ConfigurationFormat.format(Array("{\"a\": }".utf8), into: &problems) == nil)
        #expect(problems.count == 1)
        problems = Problems()
        #expect(ConfigurationFormat.format(Array("{'a': 1}".utf8), into: &problems) == nil)
    }

    // MARK: - Random texts

    private static func gap(_ random: inout Seeded, _ comments: inout Int) -> String {
        switch random.below(8) {
        case 0:
            comments += 1
            return " // c\(comments - 1) \n"
        case 1:
            comments += 1
            return "/* c\(comments - 1) */"
        case 2: return "\n\n"
        case 3: return "\n"
        default: return ""
        }
    }

    private static func object(
        _ random: inout Seeded, depth: Int, comments: inout Int
    ) -> String {
        let isObject = depth == 0 || random.below(2) == 0
        var text = gap(&random, &comments) + (isObject ? "{" : "[")
        let count = random.below(4)
        for index in 0..<count {
            text += gap(&random, &comments)
            if isObject {
                text += "\"k\(index)\"" + gap(&random, &comments) + ":" + gap(&random, &comments)
            }
            text +=
                depth < 3 && random.below(3) == 0
                ? object(&random, depth: depth + 1, comments: &comments) : "\(random.below(99))"
            text += gap(&random, &comments)
            if index < count - 1 || random.below(3) == 0 { text += "," }
        }
        return text + gap(&random, &comments) + (isObject ? "}" : "]") + gap(&random, &comments)
    }

    /// Returns the values of a text without anything between them.
    private static func values(_ text: String) -> String? {
        var problems = Problems()
        return JSONParser.parse(Array(text.utf8), into: &problems).map(compact)
    }

    private static func compact(_ value: ConfigValue) -> String {
        switch value.kind {
        case .array(let elements): "[" + elements.map(compact).joined(separator: ",") + "]"
        case .object(let members):
            "{" + members.map { "\($0.key):\(compact($0.value))" }.joined(separator: ",") + "}"
        default: value.found
        }
    }
}
