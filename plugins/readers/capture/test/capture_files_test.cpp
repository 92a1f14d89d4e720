// SPDX-License-Identifier: Apache-2.0
#include "capture_files.hpp"

#include <gtest/gtest.h>
#include <morgana/error.hpp>

#include <fstream>

#include "files/test/temporary_folder.hpp"

namespace morgana::capture {
namespace {

namespace fs = std::filesystem;

TEST(CaptureNames, AreThoseOfMirage) {
  const CaptureNames names("captures", "Mi5", 1494237632, "org.example.app");
  EXPECT_EQ(names.part(0), "captures/Mi5/1494237632_org.example.app.pcapng");
  EXPECT_EQ(names.part(12), "captures/Mi5/1494237632_org.example.app_0012.pcapng");
  EXPECT_EQ(names.sockets(), "captures/Mi5/1494237632_org.example.app.sockets");
  EXPECT_EQ(names.record(), "captures/Mi5/1494237632_org.example.app.json");
}

TEST(CaptureNames, NeverLeaveTheFolder) {
  for (const char* name : {"", ".", "..", "../x", "a/b", "a b", "a\nb", ".hidden"}) {
    EXPECT_THROW(CaptureNames("captures", name, 1, "org.example.app"), Error) << name;
    EXPECT_THROW(CaptureNames("captures", "Mi5", 1, name), Error) << name;
  }
}

TEST(CaptureNames, FoldersAreMadeForTheOwnerAndFilesKept) {
  const testing::TemporaryFolder folder;
  const CaptureNames names(folder.path / "captures", "Mi5", 7, "app");
  names.prepare();
  EXPECT_EQ(fs::status(names.folder).permissions(), fs::perms::owner_all);
  names.prepare();
  std::ofstream(names.record()) << "precious";
  try {
    names.prepare();
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("7_app.json is there already"), std::string::npos);
  }
}

TEST(CaptureParts, ANewOneBeginsBeforeOneGetsTooLarge) {
  const testing::TemporaryFolder folder;
  const CaptureNames names(folder.path, "Mi5", 7, "app");
  names.prepare();
  const std::vector<std::uint8_t> bytes(1000);
  const packets::CapturedPacket packet{.original_bytes = 1500, .bytes = bytes};
  CaptureParts parts(names, {.section = {}, .interface = {.name = "lo"}}, 3500);
  for (int i = 0; i < 10; ++i) parts.add(packet);
  parts.finish({.received = 10});
  std::uint64_t packets = 0;
  const auto all = parts.parts();
  ASSERT_EQ(all.size(), 4u);
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all[i].file, names.part(static_cast<int>(i)));
    EXPECT_EQ(all[i].bytes, fs::file_size(all[i].file));
    if (i + 1 < all.size()) {
      EXPECT_LE(all[i].bytes, 3500u);
    }
    packets += all[i].packets;
  }
  EXPECT_EQ(packets, 10u);
  EXPECT_EQ(parts.packets(), 10u);
}

TEST(CaptureParts, APacketLargerThanAFileHasOneOfItsOwn) {
  const testing::TemporaryFolder folder;
  const CaptureNames names(folder.path, "Mi5", 7, "app");
  names.prepare();
  const std::vector<std::uint8_t> bytes(1000);
  CaptureParts parts(names, {.section = {}, .interface = {.name = "lo"}}, 10);
  for (int i = 0; i < 3; ++i) parts.add({.original_bytes = 1000, .bytes = bytes});
  EXPECT_EQ(parts.parts().size(), 3u);
}

}  // namespace
}  // namespace morgana::capture
