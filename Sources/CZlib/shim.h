// zlib: compression.
#include <string.h>
#include <zlib.h>

// Begins a gzip stream with a window of 32 KiB; deflateInit2 is a macro, which Swift does not see.
static inline int puente_gzip_start(z_stream *stream, int level) {
    memset(stream, 0, sizeof *stream);
    return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}
