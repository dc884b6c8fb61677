// The kernel's headers that the Glibc module leaves out.
//
// No shim defines _GNU_SOURCE: the toolchain's Glibc module is built without it, and the two would
// disagree about C types (fd_set's member has another name). What only GNU declares is declared
// here, as the man pages give it.
#include <malloc.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/vfs.h>
#include <unistd.h>

extern int accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags);
extern int pthread_setname_np(pthread_t thread, const char *name);
extern int pipe2(int ends[2], int flags);
extern int posix_spawn_file_actions_addchdir_np(
    posix_spawn_file_actions_t *actions, const char *path);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);

// syscall(2) takes any number of arguments, which Swift can't pass. Close-on-exec by itself.
static inline int puente_pidfd_open(pid_t process) {
    return (int)syscall(SYS_pidfd_open, process, 0);
}

// A flag for open(2): the descriptor only stands for a path. The same on x86-64 and arm64.
static const int O_PATH = 010000000;

// The process at the other end of a Unix socket, as SO_PEERCRED gives it (unix(7)).
struct ucred {
    pid_t pid;
    uid_t uid;
    gid_t gid;
};
