// libcurl: every outgoing HTTP request.
//
// curl checks the types of its variadic functions by macros that only C compilers understand; what
// is called from Swift has a function here for each kind of argument.
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

typedef size_t (*puente_write)(char *bytes, size_t size, size_t count, void *context);
typedef int (*puente_before_request)(
    void *context, char *remote, char *local, int remote_port, int local_port);
typedef int (*puente_resolver_start)(void *state, void *reserved, void *context);
typedef int (*puente_socket)(
    CURL *handle, curl_socket_t socket, int what, void *context, void *registration);
typedef int (*puente_timer)(CURLM *multi, long milliseconds, void *context);

static inline CURLcode puente_set_number(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode puente_set_text(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode puente_set_context(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode puente_set_headers(CURL *handle, struct curl_slist *headers) {
    return curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
}

// The bytes are copied.
static inline CURLcode puente_set_body(CURL *handle, const void *bytes, size_t count) {
    CURLcode code =
        curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)count);
    return code == CURLE_OK ? curl_easy_setopt(handle, CURLOPT_COPYPOSTFIELDS, bytes ? bytes : "")
                            : code;
}

static inline CURLcode puente_set_write(CURL *handle, puente_write function) {
    return curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, function);
}

static inline CURLcode puente_set_header(CURL *handle, puente_write function) {
    return curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, function);
}

static inline CURLcode puente_set_before_request(CURL *handle, puente_before_request function) {
    return curl_easy_setopt(handle, CURLOPT_PREREQFUNCTION, function);
}

static inline CURLcode puente_set_resolve(CURL *handle, struct curl_slist *entries) {
    return curl_easy_setopt(handle, CURLOPT_RESOLVE, entries);
}

// Called before curl asks its own resolver.
static inline CURLcode puente_set_resolver_start(CURL *handle, puente_resolver_start function) {
    return curl_easy_setopt(handle, CURLOPT_RESOLVER_START_FUNCTION, function);
}

// No file, no FTP, whatever the address says.
static inline CURLcode puente_allow_http_only(CURL *handle) {
#if LIBCURL_VERSION_NUM >= 0x075500
    return curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    return curl_easy_setopt(handle, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
}

static inline CURLcode puente_get_number(CURL *handle, CURLINFO info, long *value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode puente_get_offset(CURL *handle, CURLINFO info, curl_off_t *value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode puente_get_text(CURL *handle, CURLINFO info, char **value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLMcode puente_set_socket(CURLM *multi, puente_socket function, void *context) {
    CURLMcode code = curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, function);
    return code == CURLM_OK ? curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, context) : code;
}

static inline CURLMcode puente_set_timer(CURLM *multi, puente_timer function, void *context) {
    CURLMcode code = curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, function);
    return code == CURLM_OK ? curl_multi_setopt(multi, CURLMOPT_TIMERDATA, context) : code;
}

static inline CURLMcode puente_set_limit(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

// The transfer that a message says is done; NULL for other messages.
static inline CURL *puente_done(const CURLMsg *message, CURLcode *result) {
    if (message->msg != CURLMSG_DONE) return NULL;
    *result = message->data.result;
    return message->easy_handle;
}
