// SPDX-License-Identifier: Apache-2.0
// What needs no right to capture; tests/capture records real traffic.
#include <gtest/gtest.h>
#include <morgana/metrics.hpp>
#include <morgana/testing.hpp>

#include "files/test/temporary_folder.hpp"
#include "socket_watch.hpp"
#include "sockets/read_log.hpp"

namespace morgana::capture {
namespace {

using testing::StageRunner;

std::string refusal(const std::string& parameter, ParameterValue value) {
  const testing::TemporaryFolder folder;
  StageRunner stage(morgana_plugin(), "capture.live");
  stage.set("interface", "no-such-interface").set("package", "org.example.app").set("epoch", 1);
  stage.set("folder", (folder.path / "captures").string());
  try {
    stage.set(parameter, std::move(value)).run();
  } catch (const Error& error) {
    EXPECT_TRUE(std::filesystem::is_empty(folder.path)) << "what cannot begin leaves nothing behind";
    return error.what();
  }
  return "";
}

TEST(CaptureLive, SaysWhatItCannotDo) {
  const auto interface = refusal("filter", std::string());
  EXPECT_TRUE(interface == "there is no interface \"no-such-interface\"" ||
              interface == "cannot capture on no-such-interface: it needs the capability CAP_NET_RAW")
      << interface;
  EXPECT_EQ(refusal("package", std::string("../x")), "the package is \"../x\", which cannot be part of a file's name");
  EXPECT_EQ(refusal("device", std::string("a b")), "the device is \"a b\", which cannot be part of a file's name");
  EXPECT_NE(refusal("seconds", -1.0), "");
}

TEST(SocketWatch, WritesALogThatIsReadBack) {
  if (!std::filesystem::exists("/proc/net/tcp")) GTEST_SKIP() << "there is no /proc/net/tcp";
  const testing::TemporaryFolder folder;
  const auto log = folder.path / "a.sockets";
  SocketWatch watch(log, std::chrono::milliseconds(5));
  watch.stop();
  const auto counts = watch.counts();
  EXPECT_GE(counts.samples, 2u);
  const auto read = sockets::read_log(log);
  EXPECT_EQ(read.format, sockets::LogFormat::kMorgana);
  EXPECT_TRUE(read.skipped.empty()) << read.skipped.summary();
  EXPECT_LE(read.log.rows().size(), counts.rows);
}

}  // namespace
}  // namespace morgana::capture
