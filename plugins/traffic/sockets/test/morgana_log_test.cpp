// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "log_text.hpp"
#include "morgana/error.hpp"
#include "sockets/log_writer.hpp"
#include "sockets/morgana_log.hpp"

namespace morgana::sockets {
namespace {

using testing::content_of;
using testing::end;
using testing::read_text;
using testing::text_of_rows;

TEST(MorganaLog, IsReadBackAsItWasWritten) {
  const testing::TemporaryFolder folder;
  const auto file = folder.path / "a.sockets";
  {
    LogWriter writer(file);
    const SocketRow first{.nanoseconds = 1494237632'104512345,
                          .protocol = packets::kTcp,
                          .local = end("192.168.1.5:40001"),
                          .remote = end("[2001:db8::7]:443"),
                          .pid = 4711,
                          .uid = 10054};
    writer.opened(first, "com.example.app:remote");
    writer.opened({.nanoseconds = 1494237632'000000001, .protocol = packets::kUdp, .local = end("0.0.0.0:68")}, "");
    writer.opened({.nanoseconds = 1, .protocol = packets::kUdp, .local = end("[::1]:70"), .pid = 3}, "a\tb\nc");
    writer.flush();
    EXPECT_EQ(writer.rows(), 3u);
    writer.closed(first, "com.example.app:remote");
    writer.flush();
  }
  EXPECT_EQ(
      content_of(file),
      "# morgana sockets 1\n"
      "time\tevent\tprotocol\tlocal\tremote\tpid\tuid\tprocess\n"
      "1494237632.104512345\topen\ttcp\t192.168.1.5:40001\t[2001:db8::7]:443\t4711\t10054\tcom.example.app:remote\n"
      "1494237632.000000001\topen\tudp\t*:68\t-\t-\t-\t-\n"
      "0.000000001\topen\tudp\t[::1]:70\t-\t3\t-\ta?b?c\n"
      "1494237632.104512345\tclose\ttcp\t192.168.1.5:40001\t[2001:db8::7]:443\t4711\t10054\tcom.example.app:remote\n");
  const auto read = read_log(file);
  EXPECT_EQ(read.format, LogFormat::kMorgana);
  EXPECT_EQ(text_of_rows(read.log),
            "tcp 192.168.1.5:40001 > [2001:db8::7]:443 4711 10054 com.example.app:remote\n"
            "udp *:68 > - -1 -1 \n");
  EXPECT_EQ(read.log.rows()[0].nanoseconds, 1494237632'104512345);
  EXPECT_EQ(read.skipped.of("rows that cannot be read"), 1) << "one second since 1970 is no time of a capture";
  struct stat status {};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u) << "it says who talked to whom";
}

TEST(MorganaLog, AFileThatIsThereIsNotTouched) {
  const testing::TemporaryFolder folder;
  folder.write("a.sockets", "precious");
  EXPECT_THROW(LogWriter(folder.path / "a.sockets"), Error);
  EXPECT_EQ(content_of(folder.path / "a.sockets"), "precious");
}

TEST(MorganaLog, ARowThatIsCutOffIsCounted) {
  const auto read = read_text(
      "# morgana sockets 1\n"
      "time\tevent\tprotocol\tlocal\tremote\tpid\tuid\tprocess\n"
      "1494237632.1\topen\ttcp\t10.0.0.2:1\t192.0.2.1:443\t5\t0\tcurl\n"
      "1494237632.1\topen\ttcp\t10.0.0.2:1\t192.0.2\n"
      "1494237632.2\topened\ttcp\t10.0.0.2:1\t192.0.2.1:443\t5\t0\tcurl\n"
      "1494237632.2\topen\ttcp\t10.0.0.2:1\t192.0.2.1:443");
  EXPECT_EQ(read.log.rows().size(), 1u);
  EXPECT_EQ(read.skipped.of("rows that have not eight columns, such as one cut off at the end"), 2);
  EXPECT_EQ(read.skipped.of("rows that cannot be read"), 1);
}

}  // namespace
}  // namespace morgana::sockets
