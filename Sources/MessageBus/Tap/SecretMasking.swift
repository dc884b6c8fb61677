/// A middleware that takes secrets out of texts: in chains that have one, the texts of dropped
/// messages are shown to nobody, because they may not have been masked yet.
package protocol SecretMasking: Middleware {}
