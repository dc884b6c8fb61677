import Dispatch
import Glibc

/// The fuzzer: libFuzzer's driver around the target that the environment variable `FUZZ_TARGET`
/// names.
///
/// Built by `.ci/fuzz` only.
@main
enum Fuzz {
    /// The target; `nil` if there is none of that name.
    private static let target: FuzzTarget? = getenv("FUZZ_TARGET").flatMap { name in
        FuzzTarget.all.first { $0.name == String(cString: name) }
    }

    /// Gives the arguments to libFuzzer, or prints the names of all targets without one.
    static func main() {
        guard target != nil else {
            for target in FuzzTarget.all { print(target.name) }
            return
        }
        exit(drive(CommandLine.arguments))
    }

    /// Runs libFuzzer, which keeps the arguments until the process ends.
    private static func drive(_ words: [String]) -> Int32 {
        let arguments = UnsafeMutableBufferPointer<UnsafeMutablePointer<CChar>?>.allocate(
            capacity: words.count + 1)
        _ = arguments.initialize(from: words.map { strdup($0) } + [nil])
        var count = Int32(words.count)
        var start = arguments.baseAddress
        return runDriver(&count, &start, runInput)
    }

    fileprivate static func run(_ input: [UInt8]) {
        switch target?.check {
        case nil: break
        case .now(let check):
            do { try check(input) } catch { end(error) }
        case .later(let check):
            let isDone = DispatchSemaphore(value: 0)
            Task.detached {
                do { try await check(input) } catch { end(error) }
                isDone.signal()
            }
            isDone.wait()
        }
    }

    /// Ends the process, which libFuzzer takes for a crash: it keeps the input.
    private static func end(_ error: any Error) -> Never {
        var text = "broken law: \(error)\n"
        text.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
        abort()
    }
}

/// libFuzzer's entry for programs with a `main` of their own (FuzzerInterface.h has only the
/// others).
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// Runs an input; libFuzzer calls it.
private func runInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    Fuzz.run(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}
