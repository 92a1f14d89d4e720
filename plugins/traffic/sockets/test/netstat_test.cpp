// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "log_text.hpp"
#include "morgana/error.hpp"

namespace morgana::sockets {
namespace {

using testing::read_text;
using testing::text_of_rows;

TEST(Netstat, ReadsGnuNetTools) {
  const auto read = read_text(
      "(Not all processes could be identified, non-owned process info\n"
      " will not be shown, you would have to be root to see it all.)\n"
      "Active Internet connections (servers and established)\n"
      "Proto Recv-Q Send-Q Local Address           Foreign Address         State       PID/Program name    \n"
      "tcp        0      0 0.0.0.0:2024            0.0.0.0:*               LISTEN      -                   \n"
      "tcp        0      0 192.168.1.5:41608       203.0.113.7:443         ESTABLISHED 9666/python3        \n"
      "tcp        0      0 192.168.1.5:41610       203.0.113.7:443         TIME_WAIT   -                   \n"
      "tcp6       0      0 ::ffff:192.168.1.5:4000 ::ffff:203.0.113.8:80   FIN_WAIT2   77/sshd: root@pts   \n"
      "tcp6       1      0 :::35049                :::*                    LISTEN      9666/python3        \n"
      "udp        0      0 0.0.0.0:37104           0.0.0.0:*                           9666/python3        \n"
      "udp6       0      0 2001:db8::1:33936       2001:db8::2:9999        ESTABLISHED 9667/dig            \n"
      "Active UNIX domain sockets (servers and established)\n"
      "Proto RefCnt Flags       Type       State         I-Node   PID/Program name     Path\n"
      "unix  2      [ ]         DGRAM                    15339    471/systemd          /run/user\n");
  EXPECT_EQ(read.format, LogFormat::kNetstat);
  EXPECT_EQ(read.lines, 14u);
  EXPECT_TRUE(read.skipped.empty()) << read.skipped.summary();
  EXPECT_EQ(text_of_rows(read.log),
            "tcp *:2024 > - -1 -1 \n"
            "tcp 192.168.1.5:41608 > 203.0.113.7:443 9666 -1 python3\n"
            "tcp 192.168.1.5:41610 > 203.0.113.7:443 -1 -1 \n"
            "tcp 192.168.1.5:4000 > 203.0.113.8:80 77 -1 sshd\n"
            "tcp *:35049 > - 9666 -1 python3\n"
            "udp *:37104 > - 9666 -1 python3\n"
            "udp [2001:db8::1]:33936 > [2001:db8::2]:9999 9667 -1 dig\n");
}

TEST(Netstat, ReadsUsersInodesAndTimers) {
  const auto read = read_text(
      "Proto Recv-Q Send-Q Local Address   Foreign Address State       User       Inode      PID/Program name     "
      "Timer\n"
      "tcp        0      0 10.0.0.2:41608  192.0.2.1:443   ESTABLISHED 10054      29483      9666/com.example.app off "
      "(0.00/0/0)\n"
      "udp        0      0 0.0.0.0:37104   0.0.0.0:*                   u0_a71     29480      -                    off "
      "(0.00/0/0)\n"
      "udp        0      0 0.0.0.0:37105   0.0.0.0:*                   u10_a71    29480      -                    off "
      "(0.00/0/0)\n");
  EXPECT_EQ(text_of_rows(read.log),
            "tcp 10.0.0.2:41608 > 192.0.2.1:443 9666 10054 com.example.app\n"
            "udp *:37104 > - -1 10071 \n"
            "udp *:37105 > - -1 1010071 \n");
}

TEST(Netstat, NamesThatToyboxCutAreMadeWhole) {
  ProcessNames names;
  EXPECT_EQ(names.read("USER  PID PPID VSZ RSS WCHAN ADDR S NAME\n"
                       "u0_a54 4711 233 1 1 0 0 S com.example.messenger.lite:push\n"),
            1u);
  EXPECT_EQ(names.read("package:com.example.videos.of.cats uid:10060\n"), 1u);
  const auto read = read_text(
      "Active Internet connections (established and servers)\n"
      "Proto Recv-Q Send-Q Local Address           Foreign Address         State       PID/Program Name\n"
      "tcp6       0      0 ::ffff:10.0.0.2:40001   ::ffff:192.0.2.1:5222   ESTABLISHED 4711/com.example.messenge\n"
      "tcp        0      0 10.0.0.2:40002          192.0.2.2:443           ESTABLISHED 4712/com.example.videos.o\n"
      "tcp        0      0 10.0.0.2:40003          192.0.2.2:443           ESTABLISHED 4713/com.elsewhere.unknow\n",
      names);
  EXPECT_EQ(text_of_rows(read.log),
            "tcp 10.0.0.2:40001 > 192.0.2.1:5222 4711 -1 com.example.messenger.lite:push\n"
            "tcp 10.0.0.2:40002 > 192.0.2.2:443 4712 -1 com.example.videos.of.cats\n"
            "tcp 10.0.0.2:40003 > 192.0.2.2:443 4713 -1 com.elsewhere.unknow\n");
}

TEST(Netstat, BlocksAndRowsHaveTimes) {
  const auto read = read_text(
      "### Mon May  8 10:00:32 UTC 2017 ###\r\n"
      "tcp 0 0 10.0.0.2:40001 192.0.2.1:443 ESTABLISHED 1/a\r\n"
      "1494237633.5\n"
      "tcp 0 0 10.0.0.2:40001 192.0.2.1:443 ESTABLISHED 1/a\n"
      "[1494237634] tcp 0 0 10.0.0.2:40001 192.0.2.1:443 ESTABLISHED 1/a\n");
  ASSERT_EQ(read.log.rows().size(), 3u);
  EXPECT_EQ(read.log.rows()[0].nanoseconds, 1494237632'000000000);
  EXPECT_EQ(read.log.rows()[1].nanoseconds, 1494237633'500000000);
  EXPECT_EQ(read.log.rows()[2].nanoseconds, 1494237634'000000000);
  EXPECT_TRUE(read.skipped.empty());
}

TEST(Netstat, WhatCannotBeReadIsCountedAndNamed) {
  const auto read = read_text(
      "tcp 0 0 10.0.0.2:40001 192.0.2.1:443 ESTABLISHED 1/a\n"
      "tcp 0 0 10.0.0.2:40001 example.org:https ESTABLISHED 1/a\n"
      "tcp6 0 0 2001:db8:85a3:8d3:40001 2001:db8:85a3:8d3:443 ESTABLISHED 1/a\n"
      "raw 0 0 0.0.0.0:1 0.0.0.0:* 7 12/ping\n"
      "netstat: showing only processes with your user ID\n"
      "tcp 0 0 10.0.0.2:400\n");
  EXPECT_EQ(read.log.rows().size(), 1u);
  EXPECT_EQ(read.skipped.of("addresses that are no numbers, or cut (netstat -n and -W print them whole)"), 2);
  EXPECT_EQ(read.skipped.of("sockets that are neither TCP nor UDP"), 1);
  EXPECT_EQ(read.skipped.of("lines that are no row of netstat"), 2);
  TraceTable table;
  read.skipped.write_to(table);
  std::string notes;
  for (const auto& [name, note] : table.notes) notes += name + ": " + note + "\n";
  EXPECT_NE(notes.find("a.log line 2"), std::string::npos) << notes;
  EXPECT_NE(notes.find("a.log line 6"), std::string::npos) << notes;
}

TEST(Netstat, TextThatIsNoLogIsRefused) {
  for (const char* text : {"", "hello\nworld\n", "{\"json\": true}\n"}) try {
      read_text(text);
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find("a.log is no socket log"), std::string::npos);
    }
}

TEST(Netstat, ALineWithoutEndIsCut) {
  const std::string row = "tcp 0 0 10.0.0.2:40001 192.0.2.1:443 ESTABLISHED 1/a\n";
  const auto text = row + std::string(3 * kLongestLine, 'x') + "\n" + row;
  testing::TextSource source(text, 1000);
  const auto read = read_log(source, "a.log");
  EXPECT_EQ(read.log.rows().size(), 2u);
  EXPECT_EQ(read.skipped.of("lines longer than 64 KiB"), 1);
  EXPECT_EQ(read.lines, 3u);
}

}  // namespace
}  // namespace morgana::sockets
