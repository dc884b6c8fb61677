// SQLite: what outlives the process.
#include <sqlite3.h>
