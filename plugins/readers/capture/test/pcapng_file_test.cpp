// SPDX-License-Identifier: Apache-2.0
#include "pcapng_file.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <morgana/error.hpp>

#include <algorithm>
#include <cstring>
#include <fstream>

#include "files/test/temporary_folder.hpp"
#include "files/test/text_source.hpp"
#include "packets/capture_reader.hpp"

namespace morgana::capture {
namespace {

using packets::CapturedPacket;

PcapngFile::Header header() {
  return {.section = {.application = "Morgana capture 1.0.0",
                      .hardware = "x86_64",
                      .os = "Linux",
                      .comments = {"capture of org.example.app"}},
          .interface = {.name = "eth0", .filter = "tcp", .link_type = 276, .snap_length = 96}};
}

TEST(PcapngFile, IsReadBack) {
  const testing::TemporaryFolder folder;
  const auto path = folder.path / "a.pcapng";
  const std::vector<std::uint8_t> bytes{1, 2, 3, 4, 5, 6, 7};
  {
    PcapngFile file(path, header());
    for (std::uint32_t i = 0; i < 4; ++i) {
      const auto before = file.bytes();
      const CapturedPacket packet{
          .nanoseconds = 1494237632'000000001 + i, .original_bytes = 100 + i, .bytes = {bytes.data(), 4 + i}};
      file.add(packet);
      EXPECT_EQ(file.bytes() - before, packets::packet_block_bytes(4 + i));
    }
    EXPECT_EQ(file.packets(), 4u);
    file.finish({.received = 7, .dropped = 2, .dropped_by_interface = 1});
    EXPECT_EQ(file.bytes(), std::filesystem::file_size(path));
  }
  testing::TextSource source(testing::content_of(path));
  packets::CaptureReader reader(source, "a.pcapng");
  CapturedPacket packet;
  for (std::uint32_t i = 0; i < 4; ++i) {
    ASSERT_TRUE(reader.next(packet)) << reader.damage();
    EXPECT_EQ(packet.nanoseconds, 1494237632'000000001 + i);
    EXPECT_EQ(packet.original_bytes, 100 + i);
    EXPECT_EQ(packet.link_type, packets::LinkType::kLinuxCooked2);
    EXPECT_TRUE(std::equal(packet.bytes.begin(), packet.bytes.end(), bytes.begin(), bytes.begin() + 4 + i));
  }
  EXPECT_FALSE(reader.next(packet));
  EXPECT_EQ(reader.damage(), "");
  ASSERT_EQ(reader.comments().size(), 1u);
  EXPECT_EQ(reader.comments()[0], "capture of org.example.app");
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST(PcapngFile, WhatWasFlushedIsWholeWithoutAnEnd) {
  const testing::TemporaryFolder folder;
  const auto path = folder.path / "a.pcapng";
  const std::vector<std::uint8_t> bytes(60);
  PcapngFile file(path, header());
  for (int i = 0; i < 3; ++i) file.add({.nanoseconds = i, .original_bytes = 60, .bytes = bytes});
  file.flush();
  file.add({.nanoseconds = 3, .original_bytes = 60, .bytes = bytes});
  testing::TextSource source(testing::content_of(path));
  packets::CaptureReader reader(source, "a.pcapng");
  CapturedPacket packet;
  int count = 0;
  while (reader.next(packet)) ++count;
  EXPECT_EQ(count, 3);
  EXPECT_EQ(reader.damage(), "");
}

/// No file may grow beyond that many bytes, as on a full disk: write(2) takes a part, then nothing.
class FileLimit {
 public:
  explicit FileLimit(rlim_t bytes) : handler_(::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    ::signal(SIGXFSZ, handler_);
  }
  FileLimit(const FileLimit&) = delete;
  FileLimit& operator=(const FileLimit&) = delete;

 private:
  rlimit before_{};
  void (*handler_)(int);
};

TEST(PcapngFile, AFullDiskLeavesWholePackets) {
  const testing::TemporaryFolder folder;
  const auto path = folder.path / "a.pcapng";
  const std::vector<std::uint8_t> bytes(600);
  {
    const FileLimit limit(2000);
    PcapngFile file(path, header());
    file.add({.nanoseconds = 0, .original_bytes = 600, .bytes = bytes});
    file.flush();
    for (int i = 1; i < 4; ++i) file.add({.nanoseconds = i, .original_bytes = 600, .bytes = bytes});
    EXPECT_THROW(file.flush(), Error);
    EXPECT_EQ(file.packets(), 1u);
    EXPECT_EQ(file.bytes(), std::filesystem::file_size(path));
  }
  testing::TextSource source(testing::content_of(path));
  packets::CaptureReader reader(source, "a.pcapng");
  CapturedPacket packet;
  int count = 0;
  while (reader.next(packet)) ++count;
  EXPECT_EQ(count, 1);
  EXPECT_EQ(reader.damage(), "");
}

TEST(PcapngFile, AFileThatIsThereIsNotTouched) {
  const testing::TemporaryFolder folder;
  std::ofstream(folder.path / "a.pcapng") << "precious";
  EXPECT_THROW(PcapngFile(folder.path / "a.pcapng", header()), Error);
  EXPECT_EQ(std::filesystem::file_size(folder.path / "a.pcapng"), 8u);
}

}  // namespace
}  // namespace morgana::capture
