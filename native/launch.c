/*
 * Starts a program in a host of the lab:
 *
 *   havip-launch [--netns PATH] [--chdir DIR] [--run-tmpfs] -- PROGRAM [ARG...]
 *
 * It has the network namespace PATH, a mount namespace of its own (in which mounts of the machine
 * arrive and from which none leaves) with that namespace's /sys and, with --run-tmpfs, an empty
 * /run; files of /etc/netns/NAME lie over those of /etc, as `ip netns exec` does it. It leads a
 * process group of its own, so that the caller can signal all of it. Where a step fails there is
 * one line on stderr and the status is 127.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

static _Noreturn void fail(const char *step, const char *message) {
  fprintf(stderr, "havip-launch: %s: %s\n", step, message);
  exit(127);
}

static void enter_network(const char *path) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) fail(path, strerror(errno));
  if (setns(fd, CLONE_NEWNET) < 0) fail("setns", strerror(errno));
  close(fd);
}

static void leave_mounts(void) {
  if (unshare(CLONE_NEWNS) < 0) fail("unshare", strerror(errno));
  if (mount("", "/", "none", MS_SLAVE | MS_REC, NULL) < 0) fail("mount /", strerror(errno));
}

/* /etc/netns/NAME/resolv.conf lies over /etc/resolv.conf. What cannot be bound is left out. */
static void bind_files(const char *netns) {
  char folder[PATH_MAX], from[PATH_MAX + NAME_MAX + 2], to[NAME_MAX + 8];
  const char *slash = strrchr(netns, '/');
  snprintf(folder, sizeof folder, "/etc/netns/%s", slash == NULL ? netns : slash + 1);
  DIR *directory = opendir(folder);
  if (directory == NULL) return;
  for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    snprintf(from, sizeof from, "%s/%s", folder, entry->d_name);
    snprintf(to, sizeof to, "/etc/%s", entry->d_name);
    mount(from, to, "none", MS_BIND, NULL);
  }
  closedir(directory);
}

/* Node ignores SIGPIPE, and what is ignored or blocked stays so through exec. */
static void reset_signals(void) {
  sigset_t none;
  for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

int main(int argc, char **argv) {
  const char *netns = NULL, *folder = ".";
  int has_run = 0, i = 1;
  for (; i < argc && strcmp(argv[i], "--") != 0; i++) {
    if (strcmp(argv[i], "--run-tmpfs") == 0) has_run = 1;
    else if (strcmp(argv[i], "--netns") == 0 && i + 1 < argc) netns = argv[++i];
    else if (strcmp(argv[i], "--chdir") == 0 && i + 1 < argc) folder = argv[++i];
    else fail("usage", "[--netns PATH] [--chdir DIR] [--run-tmpfs] -- PROGRAM [ARG...]");
  }
  if (i + 1 >= argc) fail("usage", "no program");
  setpgid(0, 0);
  if (netns != NULL) enter_network(netns);
  leave_mounts();
  /* Opened before /run is covered: the folder may lie there. */
  int directory = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) fail(folder, strerror(errno));
  /* sysfs shows the interfaces of the namespace in which it was mounted. */
  if (netns != NULL) mount("sysfs", "/sys", "sysfs", 0, NULL);
  if (netns != NULL) bind_files(netns);
  if (has_run && mount("tmpfs", "/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755") < 0) {
    fail("mount /run", strerror(errno));
  }
  if (fchdir(directory) < 0) fail(folder, strerror(errno));
  reset_signals();
  execvp(argv[i + 1], argv + i + 1);
  fail(argv[i + 1], strerror(errno));
}
