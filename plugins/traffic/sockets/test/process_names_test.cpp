// SPDX-License-Identifier: Apache-2.0
#include "sockets/process_names.hpp"

#include <gtest/gtest.h>

namespace morgana::sockets {
namespace {

TEST(ProcessNames, ReadsAndroidsTables) {
  ProcessNames names;
  EXPECT_EQ(names.read("com.example.app 10054 0 /data/user/0/com.example.app default:targetSdkVersion=30 3003 0 1\n"
                       "com.example.twin.a 10070 0 /data/user/0/com.example.twin.a default 3003\n"
                       "com.example.twin.b 10070 1 /data/user/0/com.example.twin.b default 3003\n"
                       "not a package line\n"),
            3u);
  EXPECT_EQ(names.read("package:com.example.other uid:10099,1010099\n"
                       "package:/data/app/~~x==/base.apk=com.example.file uid:10100\n"
                       "package:com.example.without\n"),
            2u);
  EXPECT_EQ(names.name_of(-1, 10054, ""), "com.example.app");
  EXPECT_EQ(names.name_of(-1, 10054, "com.example.app:remote"), "com.example.app:remote");
  EXPECT_EQ(names.name_of(-1, 10054, "app_process64"), "com.example.app");
  EXPECT_EQ(names.name_of(-1, 10070, "com.example.twin.b"), "com.example.twin.b");
  EXPECT_EQ(names.name_of(-1, 10070, ""), "com.example.twin.a");
  EXPECT_EQ(names.name_of(-1, 1010099, ""), "com.example.other") << "a second user's app";
  EXPECT_EQ(names.name_of(-1, 10100, ""), "com.example.file");
  EXPECT_EQ(names.name_of(-1, 0, "netd"), "netd");
  EXPECT_EQ(names.name_of(-1, 10055, "com.else"), "com.else");
  EXPECT_EQ(names.name_of(-1, -1, ""), "");
}

TEST(ProcessNames, ReadsPsOfManyKinds) {
  ProcessNames names;
  EXPECT_EQ(names.read("USER      PID   PPID  VSIZE  RSS   WCHAN              PC  NAME\n"
                       "u0_a54    4711  233   1000   200   ffffffff 00000000 S com.example.old\n"),
            1u);
  EXPECT_EQ(names.read("UID          PID    PPID  C STIME TTY          TIME CMD\n"
                       "root        4712       1  0 22:40 ?        00:00:00 /usr/sbin/sshd -D\n"),
            1u);
  EXPECT_EQ(names.read("  PID NAME\n 4713 com.example.app:remote\n"), 1u);
  EXPECT_EQ(names.name_of(4711, -1, ""), "com.example.old");
  EXPECT_EQ(names.name_of(4712, -1, "ss"), "sshd");
  EXPECT_EQ(names.name_of(4712, -1, "dig"), "dig") << "the id was used again";
  EXPECT_EQ(names.name_of(4713, 10054, "com.example.app:remot"), "com.example.app:remote");
}

TEST(ProcessNames, CutNamesThatFitTwoPackagesStayCut) {
  ProcessNames names;
  names.read("package:com.example.messenger.lite uid:10001\npackage:com.example.messenger uid:10002\n");
  EXPECT_EQ(names.name_of(1, -1, "com.example.messenge"), "com.example.messenge");
  EXPECT_EQ(names.name_of(1, -1, "com.example.messenger"), "com.example.messenger");
  EXPECT_EQ(names.name_of(1, -1, "com.example.messenger.l"), "com.example.messenger.lite");
}

TEST(ProcessNames, OfAProcessFromItsFiles) {
  EXPECT_EQ(process_name("curl\n", "/usr/bin/curl"), "curl");
  EXPECT_EQ(process_name("e.app:sandboxed\n", "com.example.app:sandboxed"), "com.example.app:sandboxed");
  EXPECT_EQ(process_name("chromium-browse\n", "/usr/lib/chromium-browser --type=x"), "chromium-browser");
  EXPECT_EQ(process_name("yt-dlp\n", "/usr/bin/python3"), "yt-dlp");
  EXPECT_EQ(process_name("sshd\n", "sshd: root@pts/0"), "sshd");
  EXPECT_EQ(process_name("nginx\n", "nginx: worker process"), "nginx");
  EXPECT_EQ(process_name("kworker/0:1\n", ""), "kworker/0:1");
}

}  // namespace
}  // namespace morgana::sockets
