// libnats: the client of NATS and JetStream.
#include <nats/nats.h>
