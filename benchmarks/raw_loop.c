/* The floor: one write(2) a socket, from C.
 *
 * Prints its port, takes so many websocket connections (the answer to their handshake is not checked by our peers), then
 * for each line of input, a frame's size in bytes, writes one text frame of that size to every socket and prints when the
 * loop began (CLOCK_MONOTONIC, in nanoseconds) and the nanoseconds of processor time that it took.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static long long nanoseconds(clockid_t clock) {
  struct timespec moment;
  clock_gettime(clock, &moment);
  return moment.tv_sec * 1000000000LL + moment.tv_nsec;
}

static size_t frame_of(char *frame, size_t payload) {
  static const char start[] = "{\"type\":\"view\",\"rev\":1,\"data\":\"";
  size_t head = payload < 126 ? 2 : 4;
  frame[0] = (char)0x81;
  if (head == 2) frame[1] = (char)payload;
  else {
    frame[1] = 126;
    frame[2] = (char)(payload >> 8);
    frame[3] = (char)payload;
  }
  memset(frame + head, 'x', payload);
  memcpy(frame + head, start, sizeof start - 1);
  memcpy(frame + head + payload - 2, "\"}", 2);
  return head + payload;
}

int main(int count, char **arguments) {
  static const char answer[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
  static char frame[66000], request[4096];
  int sockets = atoi(arguments[count - 1]);
  int *open = calloc(sockets, sizeof *open), one = 1;
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  signal(SIGPIPE, SIG_IGN);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 4096)) return 1;
  getsockname(listener, (struct sockaddr *)&address, &size);
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  for (int i = 0; i < sockets; i++) {
    open[i] = accept(listener, NULL, NULL);
    setsockopt(open[i], IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    for (size_t got = 0; got < 4 || memcmp(request + got - 4, "\r\n\r\n", 4);) {
      ssize_t more = read(open[i], request + got, sizeof request - got);
      if (more <= 0) return 1;
      got += more;
    }
    if (write(open[i], answer, sizeof answer - 1) < 0) return 1;
  }
  int payload;
  while (scanf("%d", &payload) == 1) {
    size_t length = frame_of(frame, payload);
    long long began = nanoseconds(CLOCK_MONOTONIC), used = nanoseconds(CLOCK_PROCESS_CPUTIME_ID);
    for (int i = 0; i < sockets; i++)
      if (write(open[i], frame, length) != (ssize_t)length) return 1;
    printf("%lld %lld\n", began, nanoseconds(CLOCK_PROCESS_CPUTIME_ID) - used);
    fflush(stdout);
  }
  return 0;
}
