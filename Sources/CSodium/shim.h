// libsodium: Argon2id for passwords, SHA-256 for tokens, random bytes.
#include <sodium.h>
