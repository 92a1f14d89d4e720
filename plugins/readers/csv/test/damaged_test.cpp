// SPDX-License-Identifier: Apache-2.0
// Whatever the bytes: an Error, or what is left out is counted; no crash.
#include <random>

#include "csv_stage_test.hpp"
#include "files/test/text_source.hpp"
#include "test_environment.hpp"

namespace morgana {
namespace {

class DamagedCsv : public testing::CsvStageTest {
 protected:
  DamagedCsv() : CsvStageTest("read.csv") {}

  /// Null where the bytes end in an Error.
  std::shared_ptr<const Traces> read(const std::string& bytes, const char* layout) {
    stage(write(bytes)).set("layout", layout);
    try {
      return traces();
    } catch (const Error&) {
      return nullptr;
    }
  }
};

constexpr const char* kText = "label,id,b0,b1,b2\nx,1,1,2,3\n\"y \"\"z\"\"\",2,4,5,6\r\nx,3,7,8,9\n";

TEST_F(DamagedCsv, NeverCrashes) {
  std::mt19937_64 random(7);
  const std::string alphabet = "\",;\n\r\t|#.0123456789eE+-ab \xef\xbb\xbf";
  int read_through = 0;
  for (int round = 0; round < 500; ++round) {
    std::string bytes = kText;
    for (auto changes = 1 + random() % 6; changes > 0; --changes) {
      const auto place = random() % bytes.size();
      switch (random() % 3) {
        case 0:
          bytes[place] = alphabet[random() % alphabet.size()];
          break;
        case 1:
          bytes.insert(place, 1, static_cast<char>(random() % 256));
          break;
        default:
          bytes.erase(place, 1 + random() % 3);
          break;
      }
    }
    const auto traces = read(bytes, round % 2 == 0 ? "rows" : "columns");
    read_through += traces != nullptr;
  }
  EXPECT_GT(read_through, 0);
  EXPECT_LT(read_through, 500);
}

TEST_F(DamagedCsv, BinaryFilesAreRefused) {
  std::mt19937_64 random(7);
  std::string bytes(100000, '\0');
  for (auto& byte : bytes) byte = static_cast<char>(random());
  EXPECT_FALSE(read(bytes, "rows"));
  EXPECT_FALSE(read(std::string(100000, '\0'), "columns"));
}

TEST_F(DamagedCsv, GenuineFileLosesAtMostItsLastLineWhenCutOff) {
  const auto file = testing::reference_data() / "video-series/bytes_down_0.5s.csv";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << "no reference data " << file << "; set MORGANA_REFERENCE_DATA";
  const auto whole = testing::content_of(file);
  const auto complete = read(whole, "rows");
  ASSERT_TRUE(complete);
  for (std::size_t i = 0; i < 200; ++i) {
    const auto part = whole.substr(0, whole.size() * i / 200);
    const auto traces = read(part, "rows");
    const auto lines = static_cast<std::size_t>(std::count(part.begin(), part.end(), '\n'));
    if (!traces) {
      EXPECT_LE(lines, 1u) << part.size();
      continue;
    }
    // All whole lines but the header's, and of the one that was cut nothing, or all but digits of its last number.
    ASSERT_GE(traces->size(), lines - 1) << part.size();
    ASSERT_LE(traces->size(), lines) << part.size();
    for (std::size_t row = 0; row + 1 < lines; ++row)
      ASSERT_TRUE(std::ranges::equal((*traces)[row].channel("BYTES"), (*complete)[row].channel("BYTES")));
  }
}

}  // namespace
}  // namespace morgana
