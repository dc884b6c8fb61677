// OpenSSL 3: encryption of connections, and certificates.
//
// Much of its interface is macros, which Swift does not see; each that is used has a function here.
#define OPENSSL_API_COMPAT 30000
#define OPENSSL_NO_DEPRECATED
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

// OpenSSL frees its memory at exit(3) unless told otherwise, while threads still use it.
static inline int puente_ssl_start(void) {
    return OPENSSL_init_ssl(OPENSSL_INIT_NO_ATEXIT | OPENSSL_INIT_LOAD_SSL_STRINGS, NULL);
}

static inline int puente_ssl_set_minimum(SSL_CTX *context, int version) {
    return SSL_CTX_set_min_proto_version(context, version);
}

// For the clients of tests: this version, and none newer.
static inline int puente_ssl_set_version(SSL *ssl, int version) {
    return SSL_set_min_proto_version(ssl, version < TLS1_2_VERSION ? version : 0)
        && SSL_set_max_proto_version(ssl, version);
}

// The name that a client asks for (SNI).
static inline long puente_ssl_set_server_name(SSL *ssl, const char *name) {
    return SSL_set_tlsext_host_name(ssl, name);
}

static inline int puente_ssl_set_groups(SSL_CTX *context, const char *groups) {
    return SSL_CTX_set1_groups_list(context, groups);
}

static inline void puente_ssl_set_modes(SSL_CTX *context, long on, long off) {
    SSL_CTX_set_mode(context, on);
    SSL_CTX_clear_mode(context, off);
}

static inline void puente_ssl_turn_off_cache(SSL_CTX *context) {
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
}

// Bytes of the keys of session tickets.
static inline long puente_ssl_ticket_key_size(SSL_CTX *context) {
    return SSL_CTX_get_tlsext_ticket_keys(context, NULL, 0);
}

static inline long puente_ssl_set_ticket_keys(SSL_CTX *context, void *keys, long count) {
    return SSL_CTX_set_tlsext_ticket_keys(context, keys, count);
}

// The context takes the certificate over.
static inline long puente_ssl_add_chain(SSL_CTX *context, X509 *certificate) {
    return SSL_CTX_add0_chain_cert(context, certificate);
}

static inline uint64_t puente_ssl_options(void) {
    return SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_ENABLE_KTLS
        | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA;
}

static inline uint64_t puente_ssl_client_options(void) {
    return SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION;
}

static inline int puente_ssl_is_kernel_sending(SSL *ssl) {
    return BIO_get_ktls_send(SSL_get_wbio(ssl)) ? 1 : 0;
}

typedef void (*puente_key_update)(void *context);

// Calls a function when the peer asks for new keys; one at a time, kept with the connection.
static inline void puente_ssl_report_message(
    int is_sent, int version, int type, const void *bytes, size_t count, SSL *ssl, void *context) {
    (void)version;
    const unsigned char *message = (const unsigned char *)bytes;
    puente_key_update report = (puente_key_update)SSL_get_app_data(ssl);
    if (!is_sent && type == SSL3_RT_HANDSHAKE && count > 4 && message[0] == SSL3_MT_KEY_UPDATE
        && message[4] != 0 && report)
        report(context);
}

static inline void puente_ssl_watch_key_updates(
    SSL *ssl, void *context, puente_key_update report) {
    SSL_set_app_data(ssl, (void *)report);
    SSL_set_msg_callback_arg(ssl, context);
    SSL_set_msg_callback(ssl, puente_ssl_report_message);
}

static inline void puente_bio_retry_read(BIO *bio) { BIO_set_retry_read(bio); }

static inline void puente_bio_clear_retry(BIO *bio) { BIO_clear_retry_flags(bio); }

static inline long puente_bio_bytes(BIO *bio, const char **bytes) {
    return BIO_get_mem_data(bio, (char **)bytes);
}

// True if the last error is that there was nothing more to read.
static inline int puente_pem_is_at_end(void) {
    unsigned long code = ERR_peek_last_error();
    return ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_NO_START_LINE;
}

static inline EVP_PKEY *puente_make_p256_key(void) { return EVP_EC_gen("P-256"); }

static inline X509_EXTENSION *puente_make_extension(
    X509 *certificate, int kind, const char *value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
    return X509V3_EXT_nconf_nid(NULL, &context, kind, value);
}
