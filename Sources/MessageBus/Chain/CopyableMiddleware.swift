/// A middleware with all its state in values: a copy of one that has judged nothing is as good as a
/// new one, and costs less than compiling its patterns again.
package protocol CopyableMiddleware: Middleware {}
