/// The options of what has none.
struct NoOptions: PluginOptions {}
