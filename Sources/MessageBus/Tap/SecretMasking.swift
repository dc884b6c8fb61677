/// A middleware that takes secrets out of texts: what is dropped where there is one is shown to nobody,
/// because it may not have been masked yet.
package protocol SecretMasking: Middleware {}
