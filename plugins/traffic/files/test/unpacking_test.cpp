// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "files/file_names.hpp"
#include "files/gzip_source.hpp"
#include "files/test/temporary_folder.hpp"
#include "files/test/text_source.hpp"
#include "morgana/error.hpp"
#include "packing.hpp"

namespace morgana::files {
namespace {

class Gzip : public ::testing::Test {
 protected:
  std::string inflated(const std::string& bytes, std::size_t step = 1 << 20, std::size_t read = 777) {
    testing::TextSource pieces(bytes, step);
    GzipSource source(pieces, "a.gz", InflationMeter(inflation_, disk_, "a.gz"));
    return packing::text_of(source, read);
  }
  std::string error(const std::string& bytes) {
    try {
      inflated(bytes);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }
  testing::TemporaryFolder folder_;
  BytesRead bytes_;
  DiskFile disk_{folder_.write("file", ""), bytes_};
  Inflation inflation_{ArchiveLimits{}};
};

std::string some_text() {
  std::string text;
  for (int i = 0; i < 20000; ++i) text += fmt::format("{}, ", i * i % 977);
  return text;
}

TEST_F(Gzip, InflatesOneOrSeveralMembersHoweverTheyArrive) {
  const auto text = some_text();
  const auto packed = packing::gzip(text), other = packing::gzip("other"), empty = packing::gzip("");
  for (const std::size_t step : {1u, 5u, 1000u, 1u << 20})
    for (const std::size_t read : {1u, 777u, 1u << 20}) {
      EXPECT_EQ(inflated(packed, step, read), text);
      EXPECT_EQ(inflated(packed + empty + other + std::string(20, '\0'), step, read), text + "other");
    }
  EXPECT_EQ(inflated(empty), "");
}

TEST_F(Gzip, ReadsEveryHeaderField) {
  auto packed = packing::gzip("text");
  packed[3] = 2 + 4 + 8 + 16;
  const std::string fields =
      std::string("\x03\x00", 2) + "abc" + std::string("name\0", 5) + std::string("comment\0", 8) + "cr";
  EXPECT_EQ(inflated(packed.substr(0, 10) + fields + packed.substr(10), 3), "text");
}

TEST_F(Gzip, SaysWhatIsDamaged) {
  const auto packed = packing::gzip(some_text());
  EXPECT_EQ(error(packed.substr(0, packed.size() / 2)),
            "cannot read a.gz: the compressed bytes end too early; the file is truncated");
  EXPECT_EQ(error(packed.substr(0, packed.size() - 3)),
            "cannot read a.gz: the compressed bytes end too early; the file is truncated");
  auto damaged = packed;
  damaged[damaged.size() - 6] ^= 1;
  EXPECT_EQ(error(damaged), "cannot read a.gz: the gzip checksum does not agree; the file is damaged");
  damaged = packed;
  damaged[damaged.size() - 2] ^= 1;
  EXPECT_EQ(error(damaged), "cannot read a.gz: the gzip length does not agree; the file is damaged");
  EXPECT_EQ(error(packed + "more"), "cannot read a.gz: the gzip header is damaged");
  damaged = packed;
  damaged[2] = 7;
  EXPECT_EQ(error(damaged), "cannot read a.gz: an unknown gzip method");
}

TEST(FileNames, KnowsWhatIsWanted) {
  const Endings endings{".json"};
  for (const char* name : {"a.json", "A.JSON", "b/c.json.gz", "c.json.zst"})
    EXPECT_TRUE(is_wanted(name, endings)) << name;
  for (const char* name : {"a.json.bak", "json", "a.jsonl", "a.json.zip", ""})
    EXPECT_FALSE(is_wanted(name, endings)) << name;
  for (const char* name : {"a.zip", "A.TAR.GZ", "b.tgz", "c.tar"}) EXPECT_TRUE(is_archive_name(name)) << name;
  for (const char* name : {"a.gz", "zip", "a.json", "a.pcap.gz"}) EXPECT_FALSE(is_archive_name(name)) << name;
}

TEST(FileNames, KnowsWhatLeadsAstray) {
  for (const char* name : {"../a", "a/..", "a/../b", "..", "/a"}) EXPECT_NE(unsafe_name(name), "") << name;
  for (const char* name : {"a/b", "./a", "a..b/c...", "..a", ""}) EXPECT_EQ(unsafe_name(name), "") << name;
}

TEST(FileNames, NamesMembersAsIfUnpackedInPlace) {
  EXPECT_EQ(name_inside("raw/Zoom.zip", "Zoom/1.json"), "raw/Zoom/1.json");
  EXPECT_EQ(name_inside("raw/Zoom.zip", "1.json"), "raw/Zoom/1.json");
  EXPECT_EQ(name_inside("Zoom.tar.gz", "1.json"), "Zoom/1.json");
  EXPECT_EQ(name_inside("Zoom.zip", "a/1.json"), "a/1.json");
}

}  // namespace
}  // namespace morgana::files
