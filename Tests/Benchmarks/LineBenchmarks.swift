import Chat
import MessageBus
import Sockets
import TCPBridge

extension [Benchmark] {
    /// From bytes to what a line means.
    static func lines() throws -> [Benchmark] {
        let tally = Tally()
        var splitter = LineSplitter(longest: 8_192)
        let splitting = Benchmark(
            "split 64 KiB into lines of 70 bytes", lines: Samples.linesInRead
        ) {
            var bytes = 0
            Samples.read.withUnsafeBytes { read in
                splitter.split(read) { piece in
                    if case .line(let line, _) = piece { bytes += line.count }
                }
            }
            tally.add(bytes)
        }
        let ana = try Name("ana")
        return try [
            splitting,
            recognising("recognise a line: one's own name", "ana: \(Samples.plain)", from: ana),
            recognising("recognise a line: no name in front", Samples.plain, from: ana),
            recognising("recognise a line: another's name", "bob: \(Samples.plain)", from: ana),
            recognising("recognise a line: a command", "/msg bob \(Samples.plain)", from: ana),
            recognising("recognise a line: the first of a client", "bob: hola", from: nil),
        ] + checks("plain", Samples.plain) + checks("Spanish", Samples.spanish)
    }

    private static func recognising(
        _ name: String, _ line: String, from sender: Name?
    ) throws -> Benchmark {
        let grammar = LineGrammar(Phrases(.es))
        let tally = Tally()
        return Benchmark(name, on: line) { line in
            switch grammar.meaning(of: line, from: sender) {
            case .content(.say(let text)): tally.add(text.count)
            default: tally.add(1)
            }
        }
    }

    private static func checks(_ kind: String, _ text: String) -> [Benchmark] {
        let tally = Tally()
        return [
            Benchmark("check a \(kind) text: UTF-8", on: text) { text in
                tally.add(TextEncoding(text) == .valid ? 1 : 0)
            },
            Benchmark("check a \(kind) text: nothing to clean", on: text) { text in
                tally.add(TextCleaning.isClean(text) ? 1 : 0)
            },
            Benchmark("check a \(kind) text: printable ASCII", on: text) { text in
                tally.add(TextScan.isPrintableASCII(text) ? 1 : 0)
            },
        ]
    }
}

extension Benchmark {
    /// Measures a function of one line.
    fileprivate init(
        _ name: String, on line: String, _ work: @escaping (UnsafeRawBufferPointer) -> Void
    ) {
        let bytes = Array(line.utf8)
        // Many times in a row: what calls the work is no part of what it costs.
        self.init(name, lines: 1_000) {
            bytes.withUnsafeBytes { bytes in
                for _ in 0..<1_000 { work(bytes) }
            }
        }
    }
}
