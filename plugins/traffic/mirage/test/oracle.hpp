// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "test_environment.hpp"

namespace morgana::mirage_format {

/// A folder of the test's own.
class FolderTest : public ::testing::Test {
 protected:
  FolderTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "morgana-mirage-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~FolderTest() override { std::filesystem::remove_all(folder_); }

  static std::string content(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  }

  std::filesystem::path folder_;
};

/// A test that compares with the Python that scripts/setup makes.
class OracleTest : public FolderTest {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(python_)) GTEST_SKIP() << "no " << python_ << "; run scripts/setup";
  }
  /// True where the script, given a file, ends well.
  bool python(const std::string& script, const std::filesystem::path& file) {
    const auto source = folder_ / "check.py";
    std::ofstream(source) << script;
    return std::system((python_.string() + " " + source.string() + " " + file.string()).c_str()) == 0;
  }
  const std::filesystem::path python_ = morgana::testing::oracle_python();
};

}  // namespace morgana::mirage_format
