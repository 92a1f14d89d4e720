// SPDX-License-Identifier: Apache-2.0
// A file that is cut off ends in an Error that names it; one that was changed at least never in a crash.
#include <gtest/gtest.h>

#include <fstream>
#include <morgana/testing.hpp>
#include <morgana/traces.hpp>
#include <random>
#include <set>

#include "files/test/text_source.hpp"
#include "test_environment.hpp"
#include "written_file.hpp"

namespace morgana {
namespace {

using testing::StageRunner;

using testing::content_of;

class DamagedParquet : public ::testing::Test {
 protected:
  std::filesystem::path place() const { return context_.root() / "in/file.parquet"; }

  std::string small_file() const {
    testing::Lists sizes, times;
    std::vector<std::string> apps;
    for (int row = 0; row < 60; ++row) {
      sizes.push_back({{row * 1.0, row * 7.0, 3.0}});
      times.push_back({{0.0, 0.5, row * 0.25}});
      apps.push_back(row % 2 == 0 ? "chat" : "video");
    }
    return testing::write(place(),
                          {{"PL", testing::lists<arrow::Int64Builder>(sizes)},
                           {"IAT", testing::lists<arrow::DoubleBuilder>(times)},
                           {"LABEL", testing::names<arrow::StringDictionaryBuilder>(apps)}},
                          25);
  }

  /// Reads these bytes as a file; null where that ends in an Error, which must name the file.
  std::shared_ptr<const Traces> read(const std::string& bytes) {
    std::filesystem::create_directories(place().parent_path());
    std::ofstream(place(), std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    StageRunner stage(morgana_plugin(), "read.parquet");
    stage.set("path", place().string()).set("label", "LABEL");
    stage.set("channels", ParameterValue(std::vector<std::string>{"PL", "IAT"}));
    try {
      return stage.run().output<Traces>("traces");
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(place().string()), std::string::npos) << error.what();
      error_ = error.what();
      return nullptr;
    }
  }

  std::string error_of(const std::string& bytes) {
    error_.clear();
    EXPECT_FALSE(read(bytes));
    return error_;
  }

  void truncate_at_200_places(const std::string& whole) {
    for (std::size_t i = 0; i < 200; ++i) {
      const auto size = whole.size() * i / 200;
      EXPECT_FALSE(read(whole.substr(0, size))) << "cut to " << size << " of " << whole.size() << " bytes";
    }
  }

  testing::TestContext context_;
  std::string error_;
};

TEST_F(DamagedParquet, IsRefusedWhenCutOff) {
  const auto whole = content_of(small_file());
  ASSERT_TRUE(read(whole));
  truncate_at_200_places(whole);
}

TEST_F(DamagedParquet, NeverCrashes) {
  const auto whole = content_of(small_file());
  std::mt19937_64 random(7);
  int read_through = 0;
  for (int round = 0; round < 500; ++round) {
    auto bytes = whole;
    for (std::uint64_t changes = 1 + random() % 4; changes > 0; --changes)
      bytes[random() % bytes.size()] = static_cast<char>(random() % 256);
    if (const auto traces = read(bytes)) {
      ++read_through;
      EXPECT_LE(traces->size(), 60u);
    }
  }
  EXPECT_GT(read_through, 0);  // statistics and the like do not matter
  EXPECT_LT(read_through, 500);
}

TEST_F(DamagedParquet, IsToldFromOtherFiles) {
  const auto whole = content_of(small_file());
  const auto start = "cannot read " + place().string() + ": ";
  EXPECT_EQ(error_of(""), start + "the file is empty");
  const auto none = start + "it is no parquet file, which would begin with PAR1";
  EXPECT_EQ(error_of("label,b0\nx,1\n"), none);
  EXPECT_EQ(error_of("x"), none);
  EXPECT_EQ(error_of(std::string(100000, '\0')), none);
  const auto cut = start + "it is cut off: a parquet file ends with PAR1";
  EXPECT_EQ(error_of("PAR1"), cut);
  EXPECT_EQ(error_of("PAR1AR1"), cut);
  EXPECT_EQ(error_of(whole.substr(0, whole.size() / 2)), cut);
  EXPECT_EQ(error_of(whole.substr(0, whole.size() - 1)), cut);
  const auto damaged = start + "it is damaged: ";
  EXPECT_EQ(error_of("PAR1PAR1").find(damaged), 0u) << error_;
  EXPECT_EQ(error_of("PAR1\xff\xff\xff\x7fPAR1").find(damaged), 0u) << error_;
}

TEST_F(DamagedParquet, IsToldFromWhatArrowCannotRead) {
  const auto whole = content_of(small_file());
  const std::string codec("\x15\x00", 2);  // in the footer: a number of Thrift's, uncompressed; 3 (as 6) is LZO
  std::set<std::string> errors;
  for (auto at = whole.find(codec); at != std::string::npos; at = whole.find(codec, at + 1)) {
    auto changed = whole;
    changed[at + 1] = 6;
    if (!read(changed)) errors.insert(error_);
  }
  std::string all;
  for (const auto& error : errors) all += error + '\n';
  EXPECT_NE(all.find("cannot read " + place().string() + ": it holds what Arrow cannot read: While LZO"),
            std::string::npos)
      << all;
}

TEST_F(DamagedParquet, GenuineFileIsRefusedWhenCutOff) {
  const auto file = testing::reference_data() / "mirage-parquet/Mirage-VIDEO.parquet";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << "no reference data " << file << "; set MORGANA_REFERENCE_DATA";
  truncate_at_200_places(content_of(file));
}

}  // namespace
}  // namespace morgana
