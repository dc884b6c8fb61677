/// Random numbers that are the same again for the same seed (SplitMix64).
package struct Seeded: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Begins at a seed.
    package init(_ seed: UInt64) { state = seed }

    /// The next number.
    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Returns a number from 0 to below a limit.
    package mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &self) }

    /// Returns true in so many of a hundred calls, on average.
    package mutating func chance(_ percent: Int) -> Bool {
        Int.random(in: 0..<100, using: &self) < percent
    }

    /// A few seeds that stay the same and one that nobody has tried; the test's argument, which is
    /// printed when it fails, says which it was.
    ///
    /// Under a sanitizer, where each takes tens of times as long, only the last one.
    package static let some: [UInt64] =
        (Sanitizer.isPresent ? [] : [1, 2, 3]) + [UInt64.random(in: 4...UInt64(UInt32.max))]
}
