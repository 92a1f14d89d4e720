// SPDX-License-Identifier: Apache-2.0
#include "morgana/archive.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "morgana/error.hpp"
#include "morgana/testing.hpp"

namespace morgana {
namespace {

std::string text_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

class ArchiveTest : public ::testing::Test {
 protected:
  std::filesystem::path file(const char* name) const { return context_.root() / name; }
  void write(const char* name, const std::string& bytes) const { std::ofstream(file(name), std::ios::binary) << bytes; }
  static std::string with_header(const std::string& header, const std::string& body = "") {
    std::string bytes(8, '\0');
    for (int i = 0; i < 8; ++i) bytes[static_cast<std::size_t>(i)] = static_cast<char>(header.size() >> (8 * i));
    return bytes + header + body;
  }
  testing::TestContext context_;
};

Archive sample_archive() {
  Archive archive;
  archive.text["about"] = "a \"test\"";
  archive.arrays["floats"] = Array::of(std::vector<float>{1, 2, 3, 4, 5, 6}, {2, 3});
  archive.arrays["bytes"] = Array::of(std::vector<std::uint8_t>{7, 8, 9});
  archive.arrays["long"] = Array::of(std::vector<std::int64_t>{-1});
  archive.arrays["none"] = Array::of(std::vector<double>{});
  return archive;
}

TEST_F(ArchiveTest, KeepsArraysAndText) {
  sample_archive().write(file("a"));
  const auto read = Archive::read(file("a"));
  EXPECT_EQ(read.text_of("about"), "a \"test\"");
  EXPECT_EQ(read.array("floats").shape(), (std::vector<std::int64_t>{2, 3}));
  EXPECT_EQ(read.array("floats").to_vector<float>(), (std::vector<float>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(read.array("bytes").to_vector<std::uint8_t>(), (std::vector<std::uint8_t>{7, 8, 9}));
  EXPECT_EQ(read.array("long").as<std::int64_t>()[0], -1);
  EXPECT_EQ(read.array("none").count(), 0u);
}

TEST_F(ArchiveTest, EqualContentsGiveEqualBytes) {
  sample_archive().write(file("a"));
  Archive::read(file("a")).write(file("b"));
  EXPECT_EQ(text_of(file("a")), text_of(file("b")));
}

TEST_F(ArchiveTest, AReplacedFileStaysReadable) {
  sample_archive().write(file("a"));
  const auto read = Archive::read(file("a"));
  Archive other;
  other.arrays["floats"] = Array::of(std::vector<float>{0});
  other.write(file("b"));
  std::filesystem::rename(file("b"), file("a"));
  EXPECT_EQ(read.array("floats").as<float>()[5], 6.0f);
}

TEST_F(ArchiveTest, RefusesWhatIsNotSafetensors) {
  const auto fault = [&](const std::string& bytes) -> std::string {
    write("bad", bytes);
    try {
      Archive::read(file("bad"));
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_NE(fault("abc").find("too short"), std::string::npos);
  EXPECT_NE(fault(std::string(8, '\xff')).find("truncated"), std::string::npos);
  EXPECT_NE(fault(with_header("[nonsense")).find("not a safetensors file"), std::string::npos);
  EXPECT_NE(fault(with_header(R"({"x":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}})", "short"))
                .find("outside the file"),
            std::string::npos);
  EXPECT_NE(fault(with_header(R"({"x":{"dtype":"F32","shape":[3],"data_offsets":[0,16]}})", std::string(16, 'x')))
                .find("does not fit its shape"),
            std::string::npos);
  EXPECT_NE(fault(with_header(R"({"x":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})", "abcd")).find("extent -1"),
            std::string::npos);
  EXPECT_NE(fault(with_header(R"({"x":{"dtype":"C64","shape":[1],"data_offsets":[0,8]}})", "abcdefgh"))
                .find("C64 is not supported"),
            std::string::npos);
  EXPECT_THROW(Archive::read(file("absent")), Error);
}

TEST_F(ArchiveTest, ReadsFilesWhoseArraysAreNotAligned) {
  write(
      "odd",
      with_header(
          R"({"b":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"f":{"dtype":"F32","shape":[1],"data_offsets":[1,5]}})",
          std::string("\x05\x00\x00\x80\x3f", 5)));
  EXPECT_EQ(Archive::read(file("odd")).array("f").as<float>()[0], 1.0f);
}

TEST_F(ArchiveTest, AnArrayIsReadAsItsOwnTypeOnly) {
  const auto array = Array::of(std::vector<float>{1});
  EXPECT_THROW(array.as<double>(), Error);
  EXPECT_THROW(Array::of(std::vector<float>{1}, {2}), Error);
}

}  // namespace
}  // namespace morgana
