// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "log_text.hpp"

namespace morgana::sockets {
namespace {

using testing::read_text;
using testing::text_of_rows;

TEST(Ss, ReadsTheTableWithItsHeader) {
  const auto read = read_text(
      "Netid State  Recv-Q Send-Q      Local Address:Port        Peer Address:Port Process                           \n"
      "udp   UNCONN 0      0                 0.0.0.0:37104            0.0.0.0:*     "
      "users:((\"python3\",pid=9666,fd=6))\n"
      "udp   UNCONN 0      0        192.168.1.5%eth0:68               0.0.0.0:*     users:((\"dhclient\",pid=9,fd=6))\n"
      "udp   UNCONN 0      0      [fe80::1]%eth0:546                    [::]:*     \n"
      "udp   ESTAB  0      0                   [::1]:33936              [::1]:9999  users:((\"dig\",pid=9667,fd=7))\n"
      "tcp   LISTEN 0      128                     *:35049                  *:*     "
      "users:((\"python3\",pid=9666,fd=8))\n"
      "tcp   ESTAB  0      0      [::ffff:127.0.0.1]:35049 [::ffff:127.0.0.1]:41608                                  \n"
      "tcp   ESTAB  0      0             192.168.1.5:1000         203.0.113.7:443   "
      "users:((\"x\",pid=12,fd=1),(\"y\",pid=11,fd=1))\n"
      "nl    UNCONN 0      0                   rtnl:kernel                   *\n"
      "u_str ESTAB  0      0                      * 15339                   * 15340 "
      "users:((\"systemd\",pid=1,fd=3))\n");
  EXPECT_EQ(read.format, LogFormat::kSs);
  EXPECT_EQ(text_of_rows(read.log),
            "udp *:37104 > - 9666 -1 python3\n"
            "udp 192.168.1.5:68 > - 9 -1 dhclient\n"
            "udp [fe80::1]:546 > - -1 -1 \n"
            "udp [::1]:33936 > [::1]:9999 9667 -1 dig\n"
            "tcp *:35049 > - 9666 -1 python3\n"
            "tcp 127.0.0.1:35049 > 127.0.0.1:41608 -1 -1 \n"
            "tcp 192.168.1.5:1000 > 203.0.113.7:443 11 -1 y\n");
  EXPECT_EQ(read.skipped.of("sockets that are neither TCP nor UDP"), 2) << read.skipped.summary();
  EXPECT_EQ(read.skipped.total(), 2);
}

TEST(Ss, ReadsOneLineWithoutHeaderAndUids) {
  const auto read = read_text(
      "tcp ESTAB 0 0 10.0.0.2:40000 192.0.2.1:443 users:((\"a \\\"b\\\", (c\",pid=5,fd=9)) timer:(keepalive,1min,0) "
      "uid:10054 "
      "ino:29483 sk:5 cgroup:/ <-> bbr wscale:10,10 rto:200\n"
      "tcp ESTAB 0 0 10.0.0.2:40001 192.0.2.1:443 ino:0 sk:9 cgroup:/ <->\n");
  EXPECT_EQ(text_of_rows(read.log),
            "tcp 10.0.0.2:40000 > 192.0.2.1:443 5 10054 a \\\"b\\\", (c\n"
            "tcp 10.0.0.2:40001 > 192.0.2.1:443 -1 -1 \n");
}

TEST(Ss, ReadsContinuedLinesAndOldUsers) {
  const auto read = read_text(
      "State       Recv-Q Send-Q     Local Address:Port       Peer Address:Port\n"
      "ESTAB       0      0               10.0.0.2:22           192.0.2.9:51000\n"
      "\t cubic wscale:7,7 rto:204 users:((\"sshd\",4711,3))\n"
      "UNCONN      0      0                      *:68                   *:*      users:((\"dhclient\",812,6))\n"
      "TIME-WAIT   0      0               10.0.0.2:40000        192.0.2.1:80\n"
      "LISTEN      0      128                   :::22                  :::*      users:((\"sshd\",600,4))\n");
  EXPECT_EQ(text_of_rows(read.log),
            "? 10.0.0.2:22 > 192.0.2.9:51000 4711 -1 sshd\n"
            "udp *:68 > - 812 -1 dhclient\n"
            "tcp 10.0.0.2:40000 > 192.0.2.1:80 -1 -1 \n"
            "tcp *:22 > - 600 -1 sshd\n");
}

TEST(Ss, BlocksHaveTimesAndDamageIsCounted) {
  const auto read = read_text(
      "1494237632.000000001\n"
      "tcp ESTAB 0 0 10.0.0.2:40000 192.0.2.1:443 users:((\"a\",pid=5,fd=9))\n"
      "2017-05-08T10:00:33+00:00\n"
      "tcp ESTAB 0 0 10.0.0.2:40000 192.0.2.1:https users:((\"a\",pid=5,fd=9))\n"
      "tcp ESTAB 0 0 10.0.0.2:40000 192.0.2.1:443 users:((\"a\",pid=\n"
      "Cannot open netlink socket\n");
  ASSERT_EQ(read.log.rows().size(), 2u);
  EXPECT_EQ(read.log.rows()[0].nanoseconds, 1494237632'000000001);
  EXPECT_EQ(read.log.rows()[1].nanoseconds, 1494237633'000000000);
  EXPECT_EQ(read.log.rows()[1].process, -1);
  EXPECT_EQ(read.skipped.of("addresses that are no numbers (ss -n prints them)"), 1);
  EXPECT_EQ(read.skipped.of("lines that are no row of ss"), 1);
}

}  // namespace
}  // namespace morgana::sockets
