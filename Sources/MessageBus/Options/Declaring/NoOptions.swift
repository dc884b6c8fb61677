/// The options of a plug-in that has none.
struct NoOptions: PluginOptions {}
