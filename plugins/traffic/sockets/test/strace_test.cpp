// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "log_text.hpp"

namespace morgana::sockets {
namespace {

using testing::read_text;
using testing::text_of_rows;

TEST(Strace, ReadsConnectionsAndDatagrams) {
  const auto read = read_text(
      "9719  10:00:31.000001 execve(\"/usr/bin/curl\", [\"curl\", \"example.org\"], 0x7ffd /* 20 vars */) = 0\n"
      "9719  10:00:32.037905 socket(AF_INET, SOCK_DGRAM|SOCK_CLOEXEC, IPPROTO_IP) = 3\n"
      "9719  10:00:32.038039 sendto(3, \"sa_family=AF_INET\", 1, 0, {sa_family=AF_INET, sin_port=htons(53), "
      "sin_addr=inet_addr(\"192.0.2.53\")}, 16) = 1\n"
      "9719  10:00:32.038599 getsockname(3, {sa_family=AF_INET, sin_port=htons(57496), "
      "sin_addr=inet_addr(\"0.0.0.0\")}, "
      "[16]) = 0\n"
      "9719  10:00:32.038700 close(3)          = 0\n"
      "9719  10:00:32.038735 socket(AF_INET6, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_IP) = 4\n"
      "9719  10:00:32.038784 connect(4, {sa_family=AF_INET6, sin6_port=htons(443), sin6_flowinfo=htonl(0), "
      "inet_pton(AF_INET6, \"2001:db8::7\", &sin6_addr), sin6_scope_id=0}, 28) = -1 EINPROGRESS (Operation now in "
      "progress)\n"
      "9719  10:00:32.038858 getsockname(4, {sa_family=AF_INET6, sin6_port=htons(59905), sin6_flowinfo=htonl(0), "
      "inet_pton(AF_INET6, \"2001:db8::1\", &sin6_addr), sin6_scope_id=0}, [28]) = 0\n"
      "9719  10:00:32.042629 getpeername(5, 0x7ffdc6ed7c30, [16]) = -1 ENOTCONN (Transport endpoint is not connected)\n"
      "9719  10:00:32.050000 connect(6, {sa_family=AF_UNIX, sun_path=\"/dev/socket/dnsproxyd\"}, 110) = 0\n"
      "9719  10:00:33.053087 +++ exited with 0 +++\n");
  EXPECT_EQ(read.format, LogFormat::kStrace);
  EXPECT_EQ(text_of_rows(read.log),
            "udp *:0 > 192.0.2.53:53 9719 -1 curl\n"
            "udp *:57496 > - 9719 -1 curl\n"
            "tcp *:0 > [2001:db8::7]:443 9719 -1 curl\n"
            "tcp [2001:db8::1]:59905 > [2001:db8::7]:443 9719 -1 curl\n");
  EXPECT_EQ(read.log.rows()[0].nanoseconds, (10 * 3600 + 32) * 1'000'000'000ll + 38'039'000);
  EXPECT_TRUE(read.skipped.empty()) << read.skipped.summary();
}

TEST(Strace, ReadsTheCompactFormOfOldAndroids) {
  ProcessNames names;
  names.read("PID NAME\n123 com.example.app\n");
  const auto read = read_text(
      "strace: Process 123 attached\n"
      "[pid 123] connect(3,{sa_family=AF_INET,sin_port=htons(443),sin_addr=inet_addr(\"192.0.2.4\")},16)=0\n"
      "[pid   123] connect(4, {sa_family=AF_INET6, sin6_port=htons(80), inet_pton(AF_INET6, \"::ffff:192.0.2.5\", "
      "&sin6_addr), sin6_flowinfo=0, sin6_scope_id=0}, 28) = 0\n"
      "[pid   123] getsockname(4, {sa_family=AF_INET6, sin6_port=htons(40001), inet_pton(AF_INET6, "
      "\"::ffff:10.0.0.2\", &sin6_addr), sin6_flowinfo=0, sin6_scope_id=0}, [28]) = 0\n",
      names);
  EXPECT_EQ(text_of_rows(read.log),
            "? *:0 > 192.0.2.4:443 123 -1 com.example.app\n"
            "? *:0 > 192.0.2.5:80 123 -1 com.example.app\n"
            "? 10.0.0.2:40001 > 192.0.2.5:80 123 -1 com.example.app\n");
}

TEST(Strace, JoinsCallsThatWereInterrupted) {
  ProcessNames names;
  names.read("PID NAME\n8 com.example.app\n");
  const auto read = read_text(
      "[pid     8] 1494237632.500000 socket(AF_INET, SOCK_STREAM, IPPROTO_TCP <unfinished ...>\n"
      "[pid     9] 1494237632.500001 close(7 <unfinished ...>\n"
      "[pid     8] 1494237632.500002 <... socket resumed>) = 3\n"
      "[pid     9] 1494237632.500003 <... close resumed>) = 0\n"
      "[pid     8] 1494237632.600000 connect(3, {sa_family=AF_INET, sin_port=htons(443), "
      "sin_addr=inet_addr(\"192.0.2.4\")}, 16 <unfinished ...>\n"
      "[pid     8] 1494237632.700000 <... connect resumed>) = 0\n"
      "[pid     8] 1494237632.800000 getsockname(3,  <unfinished ...>\n"
      "[pid     8] 1494237632.900000 <... getsockname resumed>{sa_family=AF_INET, sin_port=htons(40001), "
      "sin_addr=inet_addr(\"10.0.0.2\")}, [128->16]) = 0\n",
      names);
  EXPECT_EQ(text_of_rows(read.log),
            "tcp *:0 > 192.0.2.4:443 8 -1 com.example.app\n"
            "tcp 10.0.0.2:40001 > 192.0.2.4:443 8 -1 com.example.app\n");
  EXPECT_EQ(read.log.rows()[1].nanoseconds, 1494237632'900000000);
}

TEST(Strace, ThreadsShareSockets) {
  ProcessNames names;
  names.read("PID NAME\n100 com.example.app\n");
  const auto read = read_text(
      "[pid   100] clone(child_stack=0x7, flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD, tls=0x7) = "
      "101\n"
      "[pid   101] socket(AF_INET, SOCK_DGRAM, IPPROTO_IP) = 9\n"
      "[pid   100] bind(9, {sa_family=AF_INET, sin_port=htons(40000), sin_addr=inet_addr(\"10.0.0.2\")}, 16) = 0\n"
      "[pid   101] sendmsg(9, {msg_name={sa_family=AF_INET, sin_port=htons(3478), sin_addr=inet_addr(\"192.0.2.4\")}, "
      "msg_namelen=16, msg_iov=[{iov_base=\"x\", iov_len=1}], msg_iovlen=1}, 0) = 1\n"
      "[pid   102] sendto(9, \"x\", 1, 0, {sa_family=AF_INET, sin_port=htons(3479), "
      "sin_addr=inet_addr(\"192.0.2.4\")}, "
      "16) = 1\n",
      names);
  // Nothing says that 102 is a thread, but its descriptor 9 was last used by 100.
  EXPECT_EQ(text_of_rows(read.log),
            "udp 10.0.0.2:40000 > - 100 -1 com.example.app\n"
            "udp 10.0.0.2:40000 > 192.0.2.4:3478 100 -1 com.example.app\n"
            "udp 10.0.0.2:40000 > 192.0.2.4:3479 102 -1 \n");
}

TEST(Strace, ReadsDecoratedDescriptorsAndAcceptedConnections) {
  ProcessNames names;
  names.set_unnamed("com.example.server");
  const auto read = read_text(
      "1494237632.511402 sendmsg(4<UDPv6:[[::1]:45418->[::1]:9999]>, {msg_name=NULL, msg_namelen=0}, 0) = 1\n"
      "1494237632.511746 getpeername(4<UDPv6:[[::1]:45418->[::1]:9999]>, {sa_family=AF_INET6, sin6_port=htons(9999), "
      "sin6_flowinfo=htonl(0), inet_pton(AF_INET6, \"::1\", &sin6_addr), sin6_scope_id=0}, [28]) = 0\n"
      "1494237632.600000 accept4(5<TCP:[10.0.0.2:80]>, {sa_family=AF_INET, sin_port=htons(50000), "
      "sin_addr=inet_addr(\"192.0.2.9\")}, [16], SOCK_CLOEXEC) = 6<TCP:[10.0.0.2:80->192.0.2.9:50000]>\n"
      "     0.000123 connect(7, {sa_family=AF_INET, sin_port=htons(99999), sin_addr=inet_addr(\"192.0.2.9\")}, 16) = "
      "0\n",
      names);
  EXPECT_EQ(text_of_rows(read.log),
            "udp [::1]:45418 > [::1]:9999 -1 -1 com.example.server\n"
            "tcp 10.0.0.2:80 > 192.0.2.9:50000 -1 -1 com.example.server\n");
  EXPECT_EQ(read.skipped.of("addresses of strace that cannot be read"), 1);
}

}  // namespace
}  // namespace morgana::sockets
